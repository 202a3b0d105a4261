/**
 * Every error the service can answer with: `code` -> HTTP status and the words a person reads.
 *
 * `title` says what happened, `detail` what to do about it. Both are public: nothing here may name an
 * internal part. The sign-in page shows the same words, so this file stays free of imports.
 */
export interface ProblemText {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

export const PROBLEMS = {
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    detail: 'Check the names and values that were sent, then try again.',
  },
  invalid_email: {
    status: 400,
    title: 'That does not look like an e-mail address',
    detail: 'Enter your work e-mail address, for example ada@acme.com.',
  },
  invalid_return_to: {
    status: 400,
    title: 'The address to return to is not allowed',
    detail: 'Use a path of this service, or an address whose origin is listed in RETURN_TO_ORIGINS.',
  },
  invalid_state: {
    status: 400,
    title: 'This sign-in was not started in this browser',
    detail: 'Start again from the sign-in page, and keep cookies switched on until you are signed in.',
  },
  state_expired: {
    status: 400,
    title: 'This sign-in took too long',
    detail: 'A sign-in must be finished within 10 minutes. Start again from the sign-in page.',
  },
  state_replayed: {
    status: 400,
    title: 'This sign-in was already finished',
    detail: 'The page was opened a second time. If you are not signed in, start again from the sign-in page.',
  },
  missing_code: {
    status: 400,
    title: 'The sign-in came back incomplete',
    detail: 'Start again from the sign-in page. If it happens twice, tell your administrator.',
  },
  invalid_code: {
    status: 400,
    title: 'The sign-in could not be completed',
    detail:
      'Its one-time code was refused: it had expired or was used before. Start again from the sign-in page.',
  },
  invalid_signature: {
    status: 400,
    title: 'The signature does not hold',
    detail: 'Sign the body as it is sent with the secret of this endpoint, in the header WorkOS-Signature.',
  },
  stale_timestamp: {
    status: 400,
    title: 'The time of the signature is too far away',
    detail: 'A signature holds for three minutes. Check the clock, then sign and send again.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in first',
    detail: 'This address needs a known caller. Sign in, or send an access token or an API key.',
  },
  organization_mismatch: {
    status: 403,
    title: 'You signed in to another organization',
    detail:
      'The account that came back belongs to another organization than the one you chose. Start again with the account of that organization.',
  },
  connection_mismatch: {
    status: 403,
    title: 'You signed in through another connection',
    detail:
      'The sign-in came back through another identity provider than the one it was started for. Start again from the sign-in page.',
  },
  guest_not_allowed: {
    status: 403,
    title: 'Guests cannot sign in here',
    detail:
      "Your e-mail address is not on one of this organization's domains. Ask its administrator to allow guests.",
  },
  sso_required: {
    status: 403,
    title: 'Your organization requires single sign-on',
    detail: 'Start again with your work e-mail address and sign in through your company.',
  },
  not_provisioned: {
    status: 403,
    title: 'You have not been added to this organization',
    detail:
      'It admits only people whom its administrator has added. Ask them to add you, then sign in again.',
  },
  break_glass_refused: {
    status: 403,
    title: 'This code is not good',
    detail: 'It may be misspelt, used or too old. Ask your operator for a new one.',
  },
  provisioning_refused: {
    status: 403,
    title: 'This account cannot be used here',
    detail:
      'The account that came back conflicts with one that is already known. Ask your administrator to check it.',
  },
  account_deactivated: {
    status: 403,
    title: 'Your account is deactivated',
    detail: 'Your organization has switched off your access. If that is a mistake, ask its administrator.',
  },
  group_required: {
    status: 403,
    title: 'Your groups do not give you access',
    detail:
      'Your organization admits members of certain groups only. Ask its administrator to add you to one.',
  },
  not_a_member: {
    status: 403,
    title: 'You are not a member of this organization',
    detail: 'Ask its administrator to invite you, or sign in to it from the sign-in page.',
  },
  session_revoked: {
    status: 403,
    title: 'Your access was ended while you signed in',
    detail: 'If you ended your other sessions yourself, start again. Otherwise ask your administrator.',
  },
  idp_initiated_denied: {
    status: 403,
    title: 'Start the sign-in here',
    detail:
      "Opening the application from your identity provider's own page is switched off. Sign in from this page instead.",
  },
  idp_error: {
    status: 403,
    title: 'Your identity provider did not sign you in',
    detail: 'Try again. If it happens twice, tell your administrator the reference below.',
  },
  prefetch_refused: {
    status: 403,
    title: 'This address cannot be fetched ahead of time',
    detail: 'Open it in the window itself.',
  },
  cross_origin: {
    status: 403,
    title: 'The request came from another site',
    detail: 'Send it from a page of this service, or add the origin of your page to TRUSTED_ORIGINS.',
  },
  missing_role: {
    status: 403,
    title: 'Your role does not allow this',
    detail: 'Ask the administrator of your organization for the role that it needs.',
  },
  several_credentials: {
    status: 400,
    title: 'More than one credential was sent',
    detail: 'Send the session cookie, or one Authorization header, and not both.',
  },
  reauthentication_required: {
    status: 401,
    title: 'Confirm who you are',
    detail:
      'This needs a proof of who you are that is more recent. Sign in again, then send the request again.',
  },
  reauthentication_failed: {
    status: 403,
    title: 'You were not asked to confirm who you are',
    detail: 'Your identity provider let you in without asking. Sign out there, then start again.',
  },
  principal_not_accepted: {
    status: 403,
    title: 'This is not for callers of your kind',
    detail: 'Some addresses are for people alone, some for machines or API keys. Use another credential.',
  },
  impersonation_read_only: {
    status: 403,
    title: 'You may only look',
    detail: 'Somebody who acts as another person cannot change anything here.',
  },
  missing_permission: {
    status: 403,
    title: 'You are not permitted to do this',
    detail: 'Ask the administrator of your organization for the permission that it needs.',
  },
  role_beyond_yours: {
    status: 403,
    title: 'This role allows more than yours',
    detail: 'You can give people only roles whose permissions you have yourself. Ask somebody who has them.',
  },
  organization_required: {
    status: 403,
    title: 'This needs an organization',
    detail: 'You are signed in without an organization. Sign in through your company to use this.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    detail: 'Check the address. What you look for may have been removed.',
  },
  no_sso_for_domain: {
    status: 404,
    title: 'No single sign-on for this e-mail address',
    detail:
      'Check the spelling of your work e-mail. If it is right, ask your administrator to set up single sign-on.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This method is not available here',
    detail: 'Use one of the methods named in the Allow header.',
  },
  session_conflict: {
    status: 409,
    title: 'You are signed in as somebody else',
    detail: 'Sign out first, then open the application from your identity provider again.',
  },
  no_active_connection: {
    status: 409,
    title: 'Your organization has no active connection',
    detail:
      'If single sign-on were required now, nobody could sign in. Set up a connection, sign in through it once, then try again.',
  },
  policy_excludes_you: {
    status: 409,
    title: 'This rule would lock you out',
    detail:
      'You would not be let in under it yourself. Have an administrator who meets it make the change, or see to it that you meet it.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request is too large',
    detail: 'Send at most 100 KiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This content type is not accepted',
    detail: 'Send JSON, with the header Content-Type: application/json.',
  },
  portal_refused: {
    status: 422,
    title: 'This part of the setup portal is not available to you',
    detail: 'Your plan or your organization does not have it. Ask whoever runs this service to switch it on.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    detail: 'Try again. If it happens twice, tell us the reference below.',
  },
  upstream_unavailable: {
    status: 503,
    title: 'The sign-in service cannot be reached',
    detail: 'Nothing was lost. Wait a few seconds, then try again.',
  },
  store_unavailable: {
    status: 503,
    title: 'The service cannot answer right now',
    detail: 'You are still signed in. Wait a few seconds, then try again.',
  },
  webhooks_not_configured: {
    status: 503,
    title: 'Webhooks are not set up here yet',
    detail: 'Set WORKOS_WEBHOOK_SECRET to the signing secret of this endpoint. Nothing is lost until then.',
  },
  shutting_down: {
    status: 503,
    title: 'The service is restarting',
    detail: 'You are still signed in. Wait a few seconds, then try again.',
  },
} as const satisfies Record<string, ProblemText>;

export type ProblemCode = keyof typeof PROBLEMS;
