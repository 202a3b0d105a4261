/** What scripts may ask of the controls. An empty first column repeats the request above it. */
export const CONTROLS: readonly [request: string, body: string, effect: string][] = [
  ['GET /_sandbox/state', '', 'Everything it knows, without codes and tokens.'],
  ['POST /_sandbox/reset', '', 'Back to the seed: records, clock, faults, request log. Keys stay.'],
  ['GET /_sandbox/requests', '', 'The last 200 requests: method, path, status. DELETE forgets them.'],
  [
    'POST /_sandbox/faults',
    '{"method":"POST","path":"/sso/token","times":2,"type":"status","status":500,"body":{}}',
    'The next calls fail. In a path * is one segment, ** at the end any rest.',
  ],
  ['', '{"path":"/sso/token","type":"html","status":503}', 'They are answered with a page of HTML.'],
  ['', '{"path":"/sso/token","type":"hang"}', 'They are never answered.'],
  ['', '{"path":"/connections/*","type":"slow","milliseconds":3000}', 'They are answered late.'],
  ['', '{"path":"/**","type":"rate_limit","retry_after":5,"times":9}', '429 with Retry-After.'],
  ['DELETE /_sandbox/faults', '', 'No more faults.'],
  ['POST /_sandbox/clock', '{"advance":600}', 'Moves the time of codes, tokens and SAML; seconds.'],
  [
    'POST /_sandbox/keys/rotate',
    '{"retire_others":false}',
    'A new key signs; the old are published or retired.',
  ],
  [
    'POST /_sandbox/impersonations',
    '{"user_id":"…","organization_id":null,"impersonator":"kim@support.example","reason":"…"}',
    'Answers the callback URL with a code, and the code.',
  ],
  [
    'POST /_sandbox/connections/:id',
    '{"state":"inactive","idp_initiated":"disabled"}',
    'state: active, inactive, draft, validating. idp_initiated: code, disabled, sign_in_endpoint.',
  ],
  [
    'POST /_sandbox/connections/:id/identity-provider',
    '{"url":"https://…"} or {"xml":"…"} or {"use":"test-idp"}',
    'Whose signed responses the connection takes; {"use":"none"} for nobody\'s.',
  ],
  [
    'POST /_sandbox/organizations/:id',
    '{"allow_profiles_outside_organization":true,"name":"Acme"}',
    'Whether guests may sign in.',
  ],
  [
    'POST /_sandbox/settings',
    '{"redirect_uris":["…"],"default_redirect_uri":"…","logout_redirects":["…"],"initiate_login_uri":"…"}',
    'What is registered.',
  ],
  [
    '',
    '{"organization_selections":1}',
    'The next authenticate calls answer organization_selection_required.',
  ],
  ['POST /_sandbox/webhooks', '{"off":true}', 'No deliveries; the events are recorded all the same.'],
  [
    '',
    '{"duplicate":2,"shuffle":true,"lose":0.1,"delay":500,"retry":200}',
    'Copies, disorder, loss (a share, or the next n), delay and first retry in ms.',
  ],
  [
    'POST /_sandbox/webhooks/flush',
    '',
    'Waits until everything is delivered or given up; answers the deliveries.',
  ],
  ['GET /_sandbox/webhooks/deliveries', '', 'The last deliveries and what became of them.'],
  ['POST /_sandbox/webhooks/resend/:eventId', '', 'Sends one event again.'],
  [
    'POST /_sandbox/webhooks/endpoints',
    '{"url":"http://localhost:3000/hooks","secret":"…","events":["user.deleted"]}',
    'One more endpoint; DELETE with its id removes it.',
  ],
  [
    'POST /_sandbox/events',
    '{"event":"user.created","data":{},"organization_id":null}',
    'Records an event that no change made.',
  ],
  [
    'POST /_sandbox/events/drop',
    '{"before":"2026-01-01T00:00:00Z"}',
    'WorkOS keeps them no longer: older cursors get 400. Without a body, all.',
  ],
  [
    'POST /_sandbox/organizations',
    '{"name":"Initech","domains":["initech.com"]}',
    'A new organization. With /:id: change it; with /:id/delete: delete it.',
  ],
  [
    'POST /_sandbox/organizations/:id/domains',
    '{"domain":"acme.org","state":"pending"}',
    'One more domain, whoever else has it.',
  ],
  [
    'POST /_sandbox/domains/:id',
    '{"state":"failed","reason":"domain_verified_by_other_organization"}',
    'verified, pending or failed. With /delete: delete it.',
  ],
  [
    'POST /_sandbox/organizations/:id/connections',
    '{"name":"Acme Entra","connection_type":"AzureSAML","state":"active"}',
    'One more connection. POST /_sandbox/connections/:id/delete deletes one.',
  ],
  [
    'POST /_sandbox/connections/:id/certificate',
    '{"expires_in_days":7}',
    'A certificate runs out, as an event. With /renew: it is renewed.',
  ],
  [
    'POST /_sandbox/users',
    '{"email":"kay@acme.com","first_name":"Kay"}',
    'A new user. With /:id: change; with /:id/delete: delete.',
  ],
  [
    'POST /_sandbox/memberships',
    '{"user_id":"…","organization_id":"…","role":"member"}',
    'With /:id: {"role":"admin"} or {"status":"inactive"}; with /:id/delete: delete.',
  ],
  [
    'POST /_sandbox/roles',
    '{"slug":"auditor","permissions":["audit:read"],"organization_id":null}',
    'With /:slug or /:id: change; with /delete: delete. /_sandbox/permissions likewise.',
  ],
  [
    'POST /_sandbox/api_keys',
    '{"organization_id":"…","user_id":null,"name":"…","permissions":["…"],"expires_at":null}',
    'A new key, with its value. With /:id: change it; with /:id/revoke: revoke it.',
  ],
  [
    'POST /_sandbox/applications',
    '{"organization_id":"…","name":"…","scopes":["…"]}',
    'A new M2M application, with its secret. With /:id: change it; with /:id/delete: delete it.',
  ],
  [
    'POST /_sandbox/grants',
    '{"organization_membership_id":"…","permission_slug":"…","resource_external_id":"…","resource_type_slug":"…"}',
    'Or with resource_id. The check allows it; /_sandbox/grants/revoke takes it back.',
  ],
  [
    'POST /_sandbox/resources',
    '{"organization_id":"…","external_id":"…","resource_type_slug":"project","name":"…"}',
    'A new resource without grants. With /:id/delete: delete it.',
  ],
  ['POST /_sandbox/sessions/:id/revoke', '', 'Revokes a session of AuthKit.'],
  [
    'POST /_sandbox/directories',
    '{"organization_id":"…","name":"Directory","state":"active"}',
    'A new directory. With /:id: {"state":"inactive"}; with /:id/delete: delete.',
  ],
  [
    'POST /_sandbox/directories/:id/users',
    '{"email":"kay@acme.com","groups":["Finance"]}',
    'A new person. With /:id/groups: {"name":"Sales"}, a new group.',
  ],
  [
    'POST /_sandbox/directories/users/:id/suspend',
    '{"as":"inactive"}',
    '"delete" as newer environments do. Also /reactivate, /delete, and no suffix to change fields.',
  ],
  [
    'POST /_sandbox/directories/users/:id/groups/:groupId/add',
    '',
    'or /remove. POST /_sandbox/directories/groups/:id renames, /delete deletes.',
  ],
  [
    'POST /_sandbox/portal',
    '{"organization_id":"…","intent":"domain_verification"}',
    'A link into the Admin Portal.',
  ],
];
