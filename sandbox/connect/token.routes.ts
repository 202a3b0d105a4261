import express, { Router } from 'express';
import { oauthError } from '../api-error.js';
import { freshId } from '../ids.js';
import type { Wire } from '../model.js';
import { single } from '../parameters.js';
import type { Sandbox } from '../sandbox.js';
import type { ConnectApplication } from './application.model.js';
import { clientCredentials, invalidClient } from './client-credentials.js';

const ACCESS_TOKEN_SECONDS = 3600;

/** The OAuth 2.0 face of WorkOS Connect, which stands at the AuthKit domain: here, at the sandbox's own origin. */
export function connectRoutes(sandbox: Sandbox): Router {
  const { keys } = sandbox;
  const router = express.Router();

  router.get('/oauth2/jwks', (_request, response) => void response.json(keys.jwks()));

  router.post('/oauth2/token', async (request, response) => {
    const application = applicationOf(sandbox, request.get('authorization'), request.body);
    const scope = grantedScope(application, single(request.body, 'scope'));
    response.json(await accessToken(sandbox, application, scope));
  });

  return router;
}

function applicationOf(
  { state }: Sandbox,
  authorization: string | undefined,
  body: unknown,
): ConnectApplication {
  const { id, secret } = clientCredentials(authorization, body);
  const grant = single(body, 'grant_type');
  if (id === state.clientId && secret === state.apiKey) {
    throw oauthError('unauthorized_client', 'The client may not use the client_credentials grant.');
  }
  const application = state.applications.find(({ clientId }) => clientId === id);
  if (application?.clientSecret !== secret) throw invalidClient();
  if (grant === undefined) throw oauthError('invalid_request', 'The grant_type parameter is missing.');
  if (grant !== 'client_credentials') {
    throw oauthError('unsupported_grant_type', 'The grant type must be client_credentials.');
  }
  return application;
}

function grantedScope({ scopes }: ConnectApplication, asked: string | undefined): string {
  const wanted = asked?.split(' ').filter((scope) => scope !== '') ?? scopes;
  const refused = wanted.find((scope) => !scopes.includes(scope));
  if (refused !== undefined) {
    throw oauthError('invalid_scope', `The scope ${refused} is not one of the application.`);
  }
  return wanted.join(' ');
}

/** The issuer is the AuthKit domain and not the API, as WorkOS documents: other than that of a session's tokens. */
async function accessToken(
  { state, clock, keys, url }: Sandbox,
  { clientId, organizationId }: ConnectApplication,
  scope: string,
): Promise<Wire> {
  const issuedAt = Math.floor(clock.now().getTime() / 1000);
  const token = await keys.sign({
    iss: url,
    aud: state.clientId,
    sub: clientId,
    client_id: clientId,
    org_id: organizationId,
    scope,
    jti: freshId('jti').slice(4),
    iat: issuedAt,
    exp: issuedAt + ACCESS_TOKEN_SECONDS,
  });
  return { access_token: token, token_type: 'Bearer', expires_in: ACCESS_TOKEN_SECONDS, scope };
}
