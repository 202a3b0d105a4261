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

function keyCard({ state, appUrl, url }: Sandbox, key: ApiKey): Html {
  const owner = key.userId === null ? '' : `${state.user(key.userId)?.email ?? key.userId} at `;
  const value = key.isSeeded ? key.value : String(apiKeyWire(key)['obfuscated_value']);
  const sent = key.isSeeded ? key.value : '…';
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
    <details>
      <summary>Use it</summary>
      <p class="quiet">At the application, as its caller:</p>
      <pre>curl ${appUrl}/v1/me -H 'Authorization: Bearer ${sent}'</pre>
      <p class="quiet">At WorkOS, as the application validates it:</p>
      <pre>
curl ${url}/api_keys/validations -H 'Authorization: Bearer ${state.apiKey}' -H 'Content-Type: application/json' -d '{"value":"${sent}"}'</pre>
    </details>
    <form method="post" action="/_sandbox/api_keys/${key.id}/revoke">
      <button class="quiet">Revoke</button>
    </form>
  </section>`;
}

function applicationCard({ state, appUrl, url }: Sandbox, application: ConnectApplication): Html {
  const { clientId, clientSecret, isSeeded, name, scopes } = application;
  const secret = isSeeded ? clientSecret : '…';
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
    <details>
      <summary>Use it</summary>
      <p class="quiet">A token for an hour, then the application with it:</p>
      <pre>curl ${url}/oauth2/token -u '${clientId}:${secret}' -d grant_type=client_credentials</pre>
      <pre>curl ${appUrl}/v1/me -H 'Authorization: Bearer ${'<access_token>'}'</pre>
    </details>
  </section>`;
}
