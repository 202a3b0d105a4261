import type { Request, Response } from 'express';
import { codeRedirect, selectConnection, startSamlLeg } from './authorization.js';
import { CallbackProblem } from './browser-error.js';
import { cookie } from './cookies.js';
import { opaqueToken } from './ids.js';
import type { Authorization, BrowserSession, SignedInUser } from './model.js';
import type { Sandbox } from './sandbox.js';
import { ssoRequired } from './sessions.js';

const COOKIE = 'sandbox_authkit';

type Authenticated = Pick<SignedInUser, 'userId' | 'method' | 'connectionId'>;

export function browserSession(sandbox: Sandbox, request: Request): BrowserSession | undefined {
  const id = cookie(request, COOKIE);
  const session = id === undefined ? undefined : sandbox.state.browserSessions.get(id);
  return session && sandbox.state.user(session.userId) ? session : undefined;
}

export function endBrowserSession(sandbox: Sandbox, response: Response, id: string | null): void {
  if (id !== null) sandbox.state.browserSessions.delete(id);
  response.clearCookie(COOKIE, { httpOnly: true, sameSite: 'lax' });
}

/** Remembers a fresh authentication in the browser, then goes on to the organization and the code. */
export function continueAuthKit(
  sandbox: Sandbox,
  response: Response,
  authorization: Authorization,
  who: Authenticated,
): Promise<string> | string {
  const session = { id: opaqueToken(), ...who, authenticatedAt: sandbox.clock.now() };
  sandbox.state.browserSessions.set(session.id, session);
  response.cookie(COOKIE, session.id, { httpOnly: true, sameSite: 'lax' });
  return finishAuthKit(sandbox, authorization, session);
}

/** Ends an authorization for somebody whom AuthKit knows: asks for the organization where it must. */
export function finishAuthKit(
  sandbox: Sandbox,
  authorization: Authorization,
  session: BrowserSession,
  chosen: string | null = authorization.organizationId,
): Promise<string> | string {
  const { state } = sandbox;
  const organizations = state.organizationsOf(session.userId);
  if (chosen === null && organizations.length > 1) {
    state.authorizations.set(authorization.id, authorization);
    return `/authkit/${authorization.id}/organization`;
  }
  const organizationId = chosen ?? organizations[0]?.id ?? null;
  if (organizationId !== null) {
    if (!state.membership(session.userId, organizationId)) {
      throw new CallbackProblem('access_denied', 'The user is not a member of the organization.');
    }
    const email = state.user(session.userId)?.email ?? '';
    const { connectionId } = session;
    if (ssoRequired(sandbox, { email, organizationId, connectionId }).length > 0) {
      const connection = selectConnection(sandbox, { organization: organizationId });
      return startSamlLeg(sandbox, { ...authorization, organizationId, loginHint: email }, connection);
    }
  }
  const { userId, method, connectionId, authenticatedAt } = session;
  const user = {
    userId,
    organizationId,
    method,
    connectionId,
    authenticatedAt,
    browserSessionId: session.id,
  };
  return codeRedirect(sandbox, authorization, { user });
}
