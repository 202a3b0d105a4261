import { html, page, type Html } from './html.js';
import {
  identityProviderForms,
  identityProviderName,
  serviceProviderValues,
} from './identity-provider.form.js';
import { machinesSection } from './machines.section.js';
import type { Connection, Organization } from './model.js';
import type { Sandbox } from './sandbox.js';

/** The sandbox's first page: what WorkOS's dashboard is for this one environment. */
export function homePage(sandbox: Sandbox): string {
  const { state } = sandbox;
  return page(
    'WorkOS sandbox',
    html`<h1>WorkOS sandbox</h1>
      <p>
        A small WorkOS for development, with its own identity provider. The application is expected at
        <a href="${sandbox.appUrl}">${sandbox.appUrl}</a>.
      </p>
      <dl class="card">
        <dt>Client ID</dt>
        <dd><code>${state.clientId}</code></dd>
        <dt>API key</dt>
        <dd><code>${state.apiKey}</code></dd>
        <dt>Redirect URIs</dt>
        <dd>${state.settings.redirectUris.map((uri) => html`<code>${uri}</code> `)}</dd>
      </dl>
      <p>
        <a href="/_sandbox">Controls</a>: faults, webhooks, clock, keys, settings.
        <a href="/_sandbox/directories">Directories</a>: add, suspend and move people.
      </p>

      <h2>Test SSO</h2>
      ${state.connections.map((connection) => scenarios(sandbox, connection))}
      <h2>Organizations</h2>
      ${state.organizations.map(organizationCard)}
      <h2>Connections</h2>
      ${state.connections.map((connection) => values(sandbox, connection))}
      <h2>People</h2>
      ${people(sandbox)} ${machinesSection(sandbox)}
      <h2>Last events</h2>
      ${events(sandbox)}`,
  );
}

function scenarios(sandbox: Sandbox, connection: Connection): Html {
  const organization = sandbox.state.organization(connection.organizationId);
  const start = sandbox.signInUrl(connection.organizationId);
  const guests = organization?.allowProfilesOutsideOrganization ? 'lets guests in' : 'refuses guests';
  return html`<section class="card">
    <h3>${organization?.name}</h3>
    <p class="quiet">${connection.name}, ${connection.type}, ${connection.state}; ${guests}</p>
    <a class="button" href="${start}">1. Service provider-initiated</a>
    <a class="button quiet" href="/idp/${connection.id}">2. Identity provider-initiated</a>
    <a class="button quiet" href="${start}">3. Guest e-mail domain</a>
    <a class="button quiet" href="${start}">4. Error response</a>
    <p class="quiet">
      3: choose the person marked as guest at the identity provider. 4: press its error button.
    </p>
  </section>`;
}

const PORTAL_PAGES = [
  ['sso', 'Single sign-on'],
  ['domain_verification', 'Domains'],
  ['certificate_renewal', 'Certificate'],
  ['dsync', 'Directory'],
] as const;

function organizationCard({ id, name, domains }: Organization): Html {
  const claims = domains.map(
    ({ domain, state }) => html`<dd>${domain} <span class="quiet">${state}</span></dd>`,
  );
  return html`<section class="card">
    <h3>${name}</h3>
    <dl>
      <dt>Organization ID</dt>
      <dd><code>${id}</code></dd>
      <dt>Domains</dt>
      ${claims.length === 0 ? html`<dd>none</dd>` : claims}
    </dl>
    <form method="post" action="/_sandbox/portal">
      <input type="hidden" name="organization_id" value="${id}" />
      <p class="quiet">As its administrator, in the Admin Portal:</p>
      ${PORTAL_PAGES.map(
        ([intent, label]) => html`<button class="quiet" name="intent" value="${intent}">${label}</button> `,
      )}
    </form>
  </section>`;
}

function values(sandbox: Sandbox, connection: Connection): Html {
  const action = `/_sandbox/connections/${connection.id}/identity-provider`;
  const owner = sandbox.state.organization(connection.organizationId);
  return html`<section class="card">
    <h3>${owner?.name}: ${connection.name}</h3>
    <dl>
      <dt>Connection ID</dt>
      <dd><code>${connection.id}</code></dd>
      ${serviceProviderValues(connection.id, sandbox.serviceProvider(connection.id))}
      <dt>Identity provider</dt>
      <dd>${identityProviderName(connection)}</dd>
    </dl>
    <details>
      <summary>Change the identity provider</summary>
      ${identityProviderForms(connection.id, action)}
    </details>
  </section>`;
}

function people({ state }: Sandbox): Html {
  const rows = state.users.map((user) => {
    const roles = state.memberships
      .filter(({ userId }) => userId === user.id)
      .map(({ organizationId, role }) => `${state.organization(organizationId)?.name} (${role})`);
    const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
    return html`<tr>
      <td>${name}</td>
      <td>${user.email}</td>
      <td>${roles.join(', ') || 'no organization'}</td>
    </tr>`;
  });
  return html`<div class="card">
    <table>
      <tr>
        <th>Name</th>
        <th>E-mail</th>
        <th>Organizations</th>
      </tr>
      ${rows}
    </table>
  </div>`;
}

function events({ state }: Sandbox): Html {
  const last = state.events.slice(-15).toReversed();
  if (last.length === 0) return html`<p class="quiet">None yet.</p>`;
  const rows = last.map(
    ({ event, data, createdAt }) =>
      html`<details class="card">
        <summary>${event} <span class="quiet">${createdAt.toISOString()}</span></summary>
        <pre>${JSON.stringify(data, null, 2)}</pre>
      </details>`,
  );
  return html`${rows}`;
}
