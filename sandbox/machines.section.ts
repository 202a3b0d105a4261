import type { ApiKey } from './api-keys/api-key.model.js';
import { apiKeyWire } from './api-keys/api-key.wire.js';
import type { ConnectApplication } from './connect/application.model.js';
import { html, type Html } from './html.js';
import type { Sandbox } from './sandbox.js';

/** The credentials of callers that are no browsers, with the lines that use them. */
export function machinesSection(sandbox: Sandbox): Html {
  const { apiKeys, applications } = sandbox.state;
  const none = html`<p class="quiet">None.</p>`;
  return html`<h2>API keys</h2>
    ${apiKeys.length === 0 ? none : apiKeys.map((key) => keyCard(sandbox, key))}
    <h2>M2M applications</h2>
    ${applications.length === 0 ? none : applications.map((one) => applicationCard(sandbox, one))}`;
}

function keyCard(sandbox: Sandbox, key: ApiKey): Html {
  const { state } = sandbox;
  const owner = key.userId === null ? '' : `${state.user(key.userId)?.email ?? key.userId} at `;
  const value = key.isSeeded ? key.value : String(apiKeyWire(key)['obfuscated_value']);
  return html`<section class="card">
    <h3>${key.name}</h3>
    <p class="quiet">
      ${owner}${state.organization(key.organizationId)?.name}${key.isSeeded && "; the sandbox's own, no secret"}
    </p>
    <dl>
      <dt>Value</dt>
      <dd><code>${value}</code></dd>
      <dt>Permissions</dt>
      <dd>${key.permissions.join(', ') || 'none'}</dd>
      <dt>Expires</dt>
      <dd>${key.expiresAt?.toISOString() ?? 'never'}</dd>
      <dt>Last used</dt>
      <dd>${key.lastUsedAt?.toISOString() ?? 'never'}</dd>
    </dl>
    ${key.isSeeded && keyLines(sandbox, key)}
    <form method="post" action="/_sandbox/api_keys/${key.id}/revoke">
      <button class="quiet">Revoke</button>
    </form>
  </section>`;
}

function applicationCard(sandbox: Sandbox, application: ConnectApplication): Html {
  const { state } = sandbox;
  const { clientId, clientSecret, isSeeded, name, scopes } = application;
  return html`<section class="card">
    <h3>${name}</h3>
    <p class="quiet">
      ${state.organization(application.organizationId)?.name}${isSeeded && "; the sandbox's own, no secret"}
    </p>
    <dl>
      <dt>Client ID</dt>
      <dd><code>${clientId}</code></dd>
      <dt>Client secret</dt>
      <dd><code>${isSeeded ? clientSecret : 'shown when it was made'}</code></dd>
      <dt>Scopes</dt>
      <dd>${scopes.join(', ') || 'none'}</dd>
    </dl>
    ${isSeeded && applicationLines(sandbox, application)}
  </section>`;
}

/** Only for what is known in full: a key that was made is shown to its maker alone. */
function keyLines({ state, appUrl, url }: Sandbox, { value }: ApiKey): Html {
  return html`<details>
    <summary>Use it</summary>
    <p class="quiet">At the application, as its caller:</p>
    ${lines(`curl ${appUrl}/v1/me`, `-H 'Authorization: Bearer ${value}'`)}
    <p class="quiet">At WorkOS, as the application validates it:</p>
    ${lines(
      `curl ${url}/api_keys/validations`,
      `-H 'Authorization: Bearer ${state.apiKey}'`,
      `-H 'Content-Type: application/json'`,
      `-d '${JSON.stringify({ value })}'`,
    )}
  </details>`;
}

function applicationLines({ appUrl, url }: Sandbox, { clientId, clientSecret }: ConnectApplication): Html {
  return html`<details>
    <summary>Use it</summary>
    <p class="quiet">A token for an hour, then the application with it:</p>
    ${lines(
      `curl ${url}/oauth2/token`,
      `-u '${clientId}:${clientSecret}'`,
      '-d grant_type=client_credentials',
    )}
    ${lines(`curl ${appUrl}/v1/me`, `-H 'Authorization: Bearer <access_token>'`)}
  </details>`;
}

/** One command on several lines, to be pasted as it stands. */
function lines(...parts: string[]): Html {
  return html`<pre>${parts.join(' \\\n  ')}</pre>`;
}
