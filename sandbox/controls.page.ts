import { CONTROLS } from './controls.table.js';
import { html, page, type Html } from './html.js';
import { impersonationForm } from './impersonation/impersonation.controls.js';
import type { Sandbox } from './sandbox.js';
import { webhooksSection } from './webhooks/webhooks.section.js';

/** The controls, as forms for people and as requests for scripts. */
export function controlsPage(sandbox: Sandbox): string {
  return page(
    'Controls',
    html`<h1>Controls</h1>
      <p><a href="/_sandbox/directories">Directories</a> have a page of their own.</p>
      ${clock(sandbox)} ${faults(sandbox)} ${webhooksSection(sandbox.webhooks)} ${connections(sandbox)}
      ${impersonationForm(sandbox)} ${settings(sandbox)}
      <form class="card" method="post" action="/_sandbox/keys/rotate">
        <h2>Signing keys</h2>
        <p class="quiet">${sandbox.keys.kids.join(', ')}</p>
        <button name="retire_others" value="false">Rotate</button>
        <button class="quiet" name="retire_others" value="true">Rotate and retire the old</button>
      </form>
      <form class="card" method="post" action="/_sandbox/reset">
        <h2>Start over</h2>
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
    <h2>Clock</h2>
    <p class="quiet">${clock.now().toISOString()}, ${clock.offsetSeconds} s from the real time</p>
    <label for="advance">Seconds to move it by</label>
    <input id="advance" name="advance" type="number" value="600" required />
    <button>Move</button>
  </form>`;
}

function faults({ faults }: Sandbox): Html {
  const active = faults.active.map((fault) => html`<pre>${JSON.stringify(fault)}</pre>`);
  return html`<section class="card">
    <h2>Faults</h2>
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
      <h2>${organization?.name}: ${connection.name}</h2>
      <form method="post" action="/_sandbox/connections/${connection.id}">
        <button class="quiet" name="state" value="${other}">Make ${other}</button>
      </form>
      <form method="post" action="/_sandbox/connections/${connection.id}/certificate">
        <button class="quiet" name="expires_in_days" value="30">Certificate expires in 30 days</button>
        <button class="quiet" name="expires_in_days" value="0">It expires now</button>
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
    <h2>Registered with the application</h2>
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
