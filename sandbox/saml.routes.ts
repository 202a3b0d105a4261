import express, { Router } from 'express';
import { continueAuthKit } from './authkit.js';
import { codeRedirect } from './authorization.js';
import { CallbackProblem, PageProblem, redirecting, withParameters } from './browser-error.js';
import type { Authorization, Connection } from './model.js';
import { single } from './parameters.js';
import { serviceProviderMetadata } from './saml/metadata.js';
import { SamlProblem } from './saml/problem.js';
import type { SamlIdentity } from './saml/service-provider.js';
import type { Sandbox } from './sandbox.js';
import { linkUser, profileOf, recordSso } from './sign-in-records.js';
import { domainOf, isVerifiedDomain } from './state.js';

const DENIED_BY_IDP = /:(AuthnFailed|RequestDenied)$/;

/** The service provider's side of SAML: metadata and assertion consumer of each connection. */
export function samlRoutes(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();

  const find = (id: string): Connection => {
    const connection = state.connection(id);
    if (!connection) throw new PageProblem(404, 'No such connection', `There is no connection ${id}.`);
    return connection;
  };

  router.get('/sso/saml/metadata/:id', ({ params: { id } }, response) => {
    find(id);
    response.type('application/samlmetadata+xml').send(serviceProviderMetadata(sandbox.serviceProvider(id)));
  });

  router.post('/sso/saml/acs/:id', async ({ params: { id }, body }, response) => {
    const connection = find(id);
    const samlResponse = single(body, 'SAMLResponse');
    const relayState = single(body, 'RelayState');
    if (samlResponse === undefined) {
      throw new PageProblem(400, 'There is no SAML response', 'The field SAMLResponse is missing.');
    }
    try {
      const answered = sandbox.saml.inResponseTo(samlResponse);
      const relay = answered === null ? null : takeRelay(sandbox, connection, relayState);
      const callback = relay?.authorization ?? {
        redirectUri: idpInitiatedRedirect(sandbox, relayState),
        state: null,
      };
      await redirecting(response, callback, async () => {
        const identity = await finish(sandbox, connection, samlResponse, relay?.requestId ?? null);
        checkAdmission(sandbox, connection, identity);
        const profile = profileOf(sandbox, connection, identity);
        if (relay?.authorization.api === 'user_management') {
          const user = linkUser(sandbox, profile);
          recordSso(sandbox, connection, { userId: user.id, email: profile.email });
          const who = { userId: user.id, method: 'SSO', connectionId: connection.id };
          return continueAuthKit(sandbox, response, relay.authorization, who);
        }
        recordSso(sandbox, connection, { userId: null, email: profile.email });
        if (relay) return codeRedirect(sandbox, relay.authorization, { profile });
        return idpInitiated(sandbox, connection, () =>
          codeRedirect(sandbox, { ...callback, codeChallenge: null }, { profile }),
        );
      });
    } catch (error) {
      if (!(error instanceof SamlProblem)) throw error;
      recordSso(sandbox, connection, NOBODY, {
        code: error.code,
        message: `${error.title}. ${error.detail}`,
      });
      throw new PageProblem(400, error.title, error.detail);
    }
  });

  return router;
}

const NOBODY = { userId: null, email: null };

/** The sign-in that this browser went out with; spent by the first response, whatever becomes of it. */
function takeRelay(
  sandbox: Sandbox,
  connection: Connection,
  relayState: string | undefined,
): { authorization: Authorization; requestId: string } {
  const relay = sandbox.state.relays.get(relayState ?? '');
  sandbox.state.relays.delete(relayState ?? '');
  if (!relay || relay.connectionId !== connection.id || sandbox.clock.isPast(relay.expiresAt)) {
    throw new SamlProblem(
      'in_response_to',
      'The relay state belongs to no sign-in under way: it was used already, is older than five minutes, or was begun for another connection. Start again in the application.',
    );
  }
  return relay;
}

/** Where an IdP-initiated response may send the browser: relay state may name a registered redirect URI, nothing else. */
function idpInitiatedRedirect({ state: { settings } }: Sandbox, relayState: string | undefined): string {
  const wanted = new URLSearchParams(relayState ?? '').get('redirect_uri');
  return wanted !== null && settings.redirectUris.includes(wanted) ? wanted : settings.defaultRedirectUri;
}

async function finish(
  sandbox: Sandbox,
  connection: Connection,
  samlResponse: string,
  requestId: string | null,
): Promise<SamlIdentity> {
  try {
    return await sandbox.saml.finishSignIn(await sandbox.samlConnection(connection), samlResponse, requestId);
  } catch (error) {
    if (!(error instanceof SamlProblem) || error.code !== 'idp_status') throw error;
    const denied = DENIED_BY_IDP.test(error.idpStatus ?? '');
    throw failure(sandbox, connection, denied ? 'access_denied' : 'server_error', error.detail);
  }
}

function failure(sandbox: Sandbox, connection: Connection, code: string, message: string): CallbackProblem {
  recordSso(sandbox, connection, NOBODY, { code, message });
  return new CallbackProblem(code, message);
}

function checkAdmission(sandbox: Sandbox, connection: Connection, { email }: SamlIdentity): void {
  const organization = sandbox.state.organization(connection.organizationId);
  if (connection.state !== 'active' || !organization) {
    throw failure(sandbox, connection, 'connection_invalid', 'The connection is not active.');
  }
  const own = isVerifiedDomain(organization, domainOf(email));
  if (!own && !organization.allowProfilesOutsideOrganization) {
    const message = "The profile's e-mail domain is not one of the organization's verified domains.";
    throw failure(sandbox, connection, 'profile_not_allowed_outside_organization', message);
  }
}

function idpInitiated(sandbox: Sandbox, connection: Connection, withCode: () => string): string {
  if (connection.idpInitiated === 'disabled') {
    throw new CallbackProblem('idp_initiated_sso_disabled', 'IdP-initiated SSO is disabled.', {
      connection_id: connection.id,
      organization_id: connection.organizationId,
    });
  }
  if (connection.idpInitiated === 'sign_in_endpoint') {
    return withParameters(sandbox.state.settings.initiateLoginUri, { connection_id: connection.id });
  }
  return withCode();
}
