import { CallbackProblem, PageProblem, withParameters } from './browser-error.js';
import { opaqueToken } from './ids.js';
import type { Authorization, CodeGrant, Connection } from './model.js';
import { single } from './parameters.js';
import { SamlProblem } from './saml/problem.js';
import type { Sandbox } from './sandbox.js';

const CODE_SECONDS = 600;
const SAML_SECONDS = 300;
const HOSTED_PAGE_SECONDS = 1800;

/**
 * Reads an authorize request as far as it decides whom to answer. Client ID and redirect URI are checked first: with
 * either wrong there is nobody to redirect to (RFC 6749 section 4.1.2.1).
 */
export function readAuthorization(
  sandbox: Sandbox,
  query: unknown,
  api: Authorization['api'],
): Authorization {
  const { state, clock } = sandbox;
  if (single(query, 'client_id') !== state.clientId) {
    throw new PageProblem(400, 'Unknown client ID', `The client ID of this sandbox is ${state.clientId}.`);
  }
  const redirectUri = single(query, 'redirect_uri');
  if (redirectUri === undefined || !state.settings.redirectUris.includes(redirectUri)) {
    const known = state.settings.redirectUris.join(', ');
    throw new PageProblem(
      400,
      'This is not a registered redirect URI',
      `Received: ${redirectUri ?? 'none'}. Registered: ${known}. Another one is registered at /_sandbox.`,
    );
  }
  const maxAge = single(query, 'max_age');
  return {
    id: opaqueToken(),
    api,
    redirectUri,
    state: single(query, 'state') ?? null,
    codeChallenge: single(query, 'code_challenge') ?? null,
    organizationId: null,
    provider: null,
    loginHint: single(query, 'login_hint') ?? null,
    forceLogin: single(query, 'prompt') === 'login',
    maxAge: maxAge === undefined ? null : Number(maxAge),
    signUp: single(query, 'screen_hint') === 'sign-up',
    expiresAt: clock.in(HOSTED_PAGE_SECONDS),
  };
}

export function checkProtocol(query: unknown): void {
  if (single(query, 'response_type') !== 'code') {
    throw new CallbackProblem('unsupported_response_type', 'The response type must be "code".');
  }
  if (!/^\d{0,9}$/.test(single(query, 'max_age') ?? '')) {
    throw new CallbackProblem('invalid_request', 'max_age must be a number of seconds.');
  }
  const method = single(query, 'code_challenge_method');
  const challenge = single(query, 'code_challenge');
  if ((method ?? 'S256') !== 'S256' || (challenge === undefined) !== (method === undefined)) {
    throw new CallbackProblem(
      'invalid_request',
      'Send code_challenge together with code_challenge_method=S256.',
    );
  }
}

/** The one usable connection that `connection` or `organization` selects, or WorkOS's error for it. */
export function selectConnection(
  sandbox: Sandbox,
  selector: { connection?: string | undefined; organization?: string | undefined },
): Connection {
  const { state } = sandbox;
  if (selector.connection !== undefined) {
    const connection = state.connection(selector.connection);
    if (connection?.state !== 'active') {
      throw new CallbackProblem('connection_invalid', 'The connection does not exist or is not active.');
    }
    return connection;
  }
  const [first, ...others] = state.activeConnections(selector.organization ?? '');
  if (!first) {
    throw new CallbackProblem('organization_invalid', 'No connection associated with organization');
  }
  if (others.length > 0) {
    throw new CallbackProblem(
      'ambiguous_connection_selector',
      'The organization has more than one connection.',
    );
  }
  return first;
}

/** Sends the browser to the connection's identity provider. */
export async function startSamlLeg(
  sandbox: Sandbox,
  authorization: Authorization,
  connection: Connection,
): Promise<string> {
  const relayState = opaqueToken();
  try {
    const { url, requestId } = await sandbox.saml.startSignIn(await sandbox.samlConnection(connection), {
      relayState,
      ...(authorization.loginHint !== null && { loginHint: authorization.loginHint }),
      // SAML cannot say how old a sign-in may be: whoever asks for a bound gets a new one.
      forceAuthn: authorization.forceLogin || authorization.maxAge !== null,
    });
    const expiresAt = sandbox.clock.in(SAML_SECONDS);
    sandbox.state.relays.set(relayState, {
      authorization,
      connectionId: connection.id,
      requestId,
      expiresAt,
    });
    return url;
  } catch (error) {
    if (!(error instanceof SamlProblem)) throw error;
    throw new CallbackProblem('connection_unlinked', 'The connection has no identity provider metadata yet.');
  }
}

/** Ends an authorization: where to send the browser, with a new code. */
export function codeRedirect(
  sandbox: Sandbox,
  authorization: Pick<Authorization, 'redirectUri' | 'state' | 'codeChallenge'> & { id?: string },
  subject: CodeGrant['subject'],
): string {
  const code = opaqueToken();
  const { codeChallenge, redirectUri, state } = authorization;
  sandbox.state.codes.set(code, { codeChallenge, expiresAt: sandbox.clock.in(CODE_SECONDS), subject });
  if (authorization.id !== undefined) sandbox.state.authorizations.delete(authorization.id);
  return withParameters(redirectUri, { code, state });
}
