import { html, page, type Html } from '../html.js';
import {
  identityProviderForms,
  identityProviderName,
  serviceProviderValues,
} from '../identity-provider.form.js';
import type { Connection, Domain, Organization } from '../model.js';
import type { Sandbox } from '../sandbox.js';
import type { PortalVisit } from './admin-portal.js';

const TITLES: Record<PortalVisit['intent'], string> = {
  sso: 'Single sign-on',
  dsync: 'Directory sync',
  audit_logs: 'Audit logs',
  log_streams: 'Log streams',
  domain_verification: 'Domain verification',
  certificate_renewal: 'Certificate renewal',
  bring_your_own_key: 'Bring your own key',
};

/** What an IT administrator of a customer sees. */
export function portalPage(sandbox: Sandbox, visit: PortalVisit, organization: Organization): string {
  const title = TITLES[visit.intent];
  return page(
    `${title} - Admin Portal`,
    html`<p class="quiet">Admin Portal of ${organization.name}</p>
      <h1>${title}</h1>
      ${content(sandbox, visit, organization)} ${leave(visit)}`,
  );
}

function content(sandbox: Sandbox, visit: PortalVisit, organization: Organization): Html {
  switch (visit.intent) {
    case 'domain_verification':
      return domains(organization, visit.domainName);
    case 'sso':
      return connections(sandbox, organization);
    case 'certificate_renewal':
      return certificates(sandbox, organization);
    case 'dsync':
      return directories(sandbox, organization);
    default:
      return html`<p>
        Here WorkOS sets up ${TITLES[visit.intent].toLowerCase()}. The sandbox has no part in it.
      </p>`;
  }
}

function leave({ returnUrl, successUrl }: PortalVisit): Html {
  return html`<p>
    ${successUrl !== null && html`<a class="button" href="${successUrl}">Done</a>`}
    ${returnUrl !== null && html`<a class="button quiet" href="${returnUrl}">Back to the application</a>`}
  </p>`;
}

function domains(organization: Organization, domainName: string | null): Html {
  return html`${organization.domains.map(domainCard)}
    <form class="card" method="post" action="/portal/domains">
      <h2>Add a domain</h2>
      <label for="domain">Domain</label>
      <input id="domain" name="domain" value="${domainName}" placeholder="acme.com" required />
      <button>Add the domain</button>
    </form>`;
}

function domainCard({ id, domain, state, verificationPrefix, verificationToken }: Domain): Html {
  const record = html`<dl>
      <dt>Type and name of the DNS record</dt>
      <dd><code>TXT</code> <code>${domain}</code></dd>
      <dt>Value</dt>
      <dd><code>${verificationPrefix}=${verificationToken}</code></dd>
    </dl>
    <form method="post" action="/portal/domains/${id}">
      <button name="state" value="verified">Verify ${domain}</button>
      <button class="quiet" name="state" value="failed">Let it fail</button>
    </form>
    <p class="quiet">The sandbox asks no name server: the buttons are the answer.</p>`;
  return html`<section class="card">
    <h2>${domain}</h2>
    <p class="${state === 'failed' ? 'problem' : 'quiet'}">${state}</p>
    ${state !== 'verified' && record}
  </section>`;
}

function connections(sandbox: Sandbox, organization: Organization): Html {
  const own = sandbox.state.connections.filter(({ organizationId }) => organizationId === organization.id);
  return html`${own.map((connection) => connectionCard(sandbox, connection))}
    <form class="card" method="post" action="/portal/connections">
      <h2>${own.length === 0 ? 'Connect your identity provider' : 'Connect another identity provider'}</h2>
      <label for="connection_type">Identity provider</label>
      <select id="connection_type" name="connection_type">
        <option value="OktaSAML">Okta</option>
        <option value="AzureSAML">Entra ID</option>
        <option value="GoogleSAML">Google</option>
        <option value="GenericSAML">Another, by SAML 2.0</option>
      </select>
      <button>Begin</button>
    </form>`;
}

function connectionCard(sandbox: Sandbox, connection: Connection): Html {
  const { id, name, state, idp } = connection;
  const action = `/portal/connections/${id}`;
  const other = state === 'active' ? 'inactive' : 'active';
  return html`<section class="card">
    <h2>${name}</h2>
    <p class="quiet">${connection.type}, ${state}</p>
    <dl>
      ${serviceProviderValues(id, sandbox.serviceProvider(id))}
      <dt>Identity provider</dt>
      <dd>${identityProviderName(connection)}</dd>
    </dl>
    <details ${idp === null && html`open`}>
      <summary>Identity provider metadata</summary>
      ${identityProviderForms(id, `${action}/identity-provider`)}
    </details>
    <form method="post" action="${action}">
      <button class="${other === 'active' ? '' : 'quiet'}" name="state" value="${other}">
        ${other === 'active' ? 'Activate' : 'Deactivate'} the connection
      </button>
    </form>
  </section>`;
}

function certificates({ state, clock }: Sandbox, organization: Organization): Html {
  const own = state.connections.filter(({ organizationId }) => organizationId === organization.id);
  const cards = own.map(({ id, name, certificateExpiresAt: expiry }) => {
    const days = Math.ceil((expiry.getTime() - clock.now().getTime()) / (24 * 3600 * 1000));
    const left = days < 0 ? `expired ${-days} days ago` : `${days} days left`;
    return html`<form class="card" method="post" action="/portal/connections/${id}/certificate">
      <h2>${name}</h2>
      <p>
        The response signing certificate is valid until <strong>${expiry.toISOString().slice(0, 10)}</strong>.
      </p>
      <p class="${days < 30 ? 'problem' : 'quiet'}">${left}</p>
      <button>Renew the certificate</button>
    </form>`;
  });
  return own.length === 0 ? html`<p>There is no connection.</p>` : html`${cards}`;
}

function directories({ state }: Sandbox, organization: Organization): Html {
  const own = state.directories.filter(({ organizationId }) => organizationId === organization.id);
  return html`${own.map((directory) => {
      const people = state.directoryUsers.filter(({ directoryId }) => directoryId === directory.id).length;
      const other = directory.state === 'active' ? 'inactive' : 'active';
      return html`<form class="card" method="post" action="/portal/directories/${directory.id}">
        <h2>${directory.name}</h2>
        <p class="quiet">${directory.type}, ${directory.state}, ${people} people</p>
        <button class="${other === 'active' ? '' : 'quiet'}" name="state" value="${other}">
          ${other === 'active' ? 'Activate' : 'Deactivate'} the directory
        </button>
      </form>`;
    })}
    <form class="card" method="post" action="/portal/directories">
      <h2>Connect a directory</h2>
      <label for="type">Directory</label>
      <select id="type" name="type">
        <option value="okta scim v2.0">Okta</option>
        <option value="azure scim v2.0">Entra ID</option>
        <option value="generic scim v2.0">Another, by SCIM 2.0</option>
      </select>
      <button>Begin</button>
    </form>`;
}
