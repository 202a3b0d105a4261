import { html, page, type Html } from './html.js';
import type { Sandbox } from './sandbox.js';

const CONTROLS: readonly [request: string, body: string, effect: string][] = [
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
    '{"allow_profiles_outside_organization":true}',
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
];

/** The controls, as forms for people and as requests for scripts. */
export function controlsPage(sandbox: Sandbox): string {
  return page(
    'Controls',
    html`<h1>Controls</h1>
      ${clock(sandbox)} ${faults(sandbox)} ${connections(sandbox)} ${settings(sandbox)}
      <form class="card" method="post" action="/_sandbox/keys/rotate">
        <h3>Signing keys</h3>
        <p class="quiet">${sandbox.keys.kids.join(', ')}</p>
        <button name="retire_others" value="false">Rotate</button>
        <button class="quiet" name="retire_others" value="true">Rotate and retire the old</button>
      </form>
      <form class="card" method="post" action="/_sandbox/reset">
        <h3>Start over</h3>
        <button>Reset to the seed</button>
      </form>
      <h2>For scripts</h2>
      <p class="quiet">JSON bodies; no credential. An empty first column repeats the request above it.</p>
      <div class="card">
        <table>
          <tr>
            <th>Request</th>
            <th>Effect</th>
          </tr>
          ${CONTROLS.map(
            ([request, body, effect]) =>
              html`<tr>
                <td><code>${request}</code></td>
                <td>${effect} ${body && html`<pre>${body}</pre>`}</td>
              </tr>`,
          )}
        </table>
      </div>`,
  );
}

function clock({ clock }: Sandbox): Html {
  return html`<form class="card" method="post" action="/_sandbox/clock">
    <h3>Clock</h3>
    <p class="quiet">${clock.now().toISOString()}, ${clock.offsetSeconds} s from the real time</p>
    <label for="advance">Seconds to move it by</label>
    <input id="advance" name="advance" type="number" value="600" required />
    <button>Move</button>
  </form>`;
}

function faults({ faults }: Sandbox): Html {
  const active = faults.active.map((fault) => html`<pre>${JSON.stringify(fault)}</pre>`);
  return html`<section class="card">
    <h3>Faults</h3>
    ${faults.active.length === 0 ? html`<p class="quiet">None.</p>` : active}
    <form method="post" action="/_sandbox/faults">
      <label for="path">Path</label>
      <input id="path" name="path" value="/sso/token" required />
      <label for="times">Times</label>
      <input id="times" name="times" type="number" value="1" min="1" />
      <button name="type" value="hang">Hang</button>
      <button name="type" value="html">Answer HTML</button>
      <button name="type" value="rate_limit">Rate-limit</button>
    </form>
    <form method="post" action="/_sandbox/faults/clear"><button class="quiet">Clear all</button></form>
  </section>`;
}

function connections({ state }: Sandbox): Html {
  const forms = state.connections.map((connection) => {
    const other = connection.state === 'active' ? 'inactive' : 'active';
    const modes = ['code', 'disabled', 'sign_in_endpoint'].map(
      (mode) =>
        html`<button
          class="${mode === connection.idpInitiated ? '' : 'quiet'}"
          name="idp_initiated"
          value="${mode}"
        >
          ${mode}
        </button>`,
    );
    const organization = state.organization(connection.organizationId);
    const guests = organization?.allowProfilesOutsideOrganization === true;
    return html`<section class="card">
      <h3>${organization?.name}: ${connection.name}</h3>
      <form method="post" action="/_sandbox/connections/${connection.id}">
        <button class="quiet" name="state" value="${other}">Make ${other}</button>
      </form>
      <form method="post" action="/_sandbox/organizations/${connection.organizationId}">
        <button class="quiet" name="allow_profiles_outside_organization" value="${String(!guests)}">
          ${guests ? 'Refuse guests' : 'Let guests in'}
        </button>
      </form>
      <form method="post" action="/_sandbox/connections/${connection.id}">
        <p class="quiet">What an IdP-initiated sign-in leads to</p>
        ${modes}
      </form>
    </section>`;
  });
  return html`${forms}`;
}

function settings({ state: { settings } }: Sandbox): Html {
  return html`<form class="card" method="post" action="/_sandbox/settings">
    <h3>Registered with the application</h3>
    <label for="redirect_uris">Redirect URIs, one a line</label>
    <textarea id="redirect_uris" name="redirect_uris" rows="3">${settings.redirectUris.join('\n')}</textarea>
    <label for="default_redirect_uri">Default redirect URI</label>
    <input id="default_redirect_uri" name="default_redirect_uri" value="${settings.defaultRedirectUri}" />
    <label for="logout_redirects">Sign-out redirects, one a line</label>
    <textarea id="logout_redirects" name="logout_redirects" rows="3">
${settings.logoutRedirects.join('\n')}</textarea>
    <label for="initiate_login_uri">Sign-in endpoint</label>
    <input id="initiate_login_uri" name="initiate_login_uri" value="${settings.initiateLoginUri}" />
    <button>Save</button>
  </form>`;
}
