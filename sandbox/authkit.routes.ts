import express, { Router, type Request } from 'express';
import { unprocessable } from './api-error.js';
import { browserSession, continueAuthKit, endBrowserSession, finishAuthKit } from './authkit.js';
import { emailPage, organizationPage, signInPage } from './authkit.pages.js';
import { checkProtocol, readAuthorization, selectConnection, startSamlLeg } from './authorization.js';
import { CallbackProblem, PageProblem, redirecting } from './browser-error.js';
import { isEmail } from './idp/people.js';
import type { Authorization, BrowserSession } from './model.js';
import { OAUTH_PROVIDERS } from './oauth-provider.routes.js';
import { single } from './parameters.js';
import type { Sandbox } from './sandbox.js';
import { revokeSession } from './sessions.js';
import { createUser } from './changes/user-changes.js';
import { domainOf } from './state.js';

/** AuthKit's hosted pages, in small, and the browser's side of User Management. */
export function authKitRoutes(sandbox: Sandbox): Router {
  const { state, clock } = sandbox;
  const router = express.Router();

  router.get('/user_management/authorize', (request, response) => {
    const { query } = request;
    const read = readAuthorization(sandbox, query, 'user_management');
    return redirecting(response, read, () => {
      checkProtocol(query);
      const provider = single(query, 'provider');
      const connection = single(query, 'connection_id');
      const organization = single(query, 'organization_id');
      const authorization = { ...read, organizationId: organization ?? null, provider: provider ?? null };
      if (connection !== undefined || (organization !== undefined && provider === undefined)) {
        const selected = selectConnection(sandbox, { connection, organization });
        const { organizationId } = selected;
        return startSamlLeg(sandbox, { ...authorization, organizationId }, selected);
      }
      if (provider === 'authkit') return hosted(request, authorization);
      if (provider === undefined || !OAUTH_PROVIDERS.includes(provider)) {
        const description = 'Send one of connection_id, organization_id and a known provider.';
        throw new CallbackProblem('invalid_connection_selector', description);
      }
      state.authorizations.set(authorization.id, authorization);
      return `/oauth/${authorization.id}`;
    });
  });

  const hosted = (request: Request, authorization: Authorization): Promise<string> | string => {
    const session = browserSession(sandbox, request);
    if (session && mayStaySignedIn(session, authorization)) {
      return finishAuthKit(sandbox, authorization, session);
    }
    state.authorizations.set(authorization.id, authorization);
    return `/authkit/${authorization.id}`;
  };

  const mayStaySignedIn = (session: BrowserSession, asked: Authorization): boolean => {
    const age = (clock.now().getTime() - session.authenticatedAt.getTime()) / 1000;
    const email = state.user(session.userId)?.email.toLowerCase();
    const otherPerson = asked.loginHint !== null && asked.loginHint.toLowerCase() !== email;
    const isFresh = asked.maxAge === null || (asked.maxAge > 0 && age <= asked.maxAge);
    return !asked.forceLogin && !otherPerson && isFresh;
  };

  const find = (id: string): Authorization => {
    const authorization = state.authorizations.get(id);
    if (authorization?.provider !== 'authkit' || clock.isPast(authorization.expiresAt)) {
      throw new PageProblem(400, 'This sign-in is over', 'Start again in the application.');
    }
    return authorization;
  };

  router.get('/authkit/:id', ({ params: { id } }, response) => {
    response.send(emailPage(find(id)));
  });

  router.post('/authkit/:id', async ({ params: { id }, body }, response) => {
    const authorization = find(id);
    const email = single(body, 'email')?.trim();
    if (!isEmail(email)) {
      response.status(400).send(emailPage(authorization, 'Write an e-mail address.'));
      return;
    }
    const hinted = { ...authorization, loginHint: email };
    await redirecting(response, authorization, () => {
      const owner = state.ownerOfDomain(domainOf(email));
      if (owner && state.activeConnections(owner.id).length > 0) {
        return startSamlLeg(sandbox, hinted, selectConnection(sandbox, { organization: owner.id }));
      }
      state.authorizations.set(id, hinted);
      return `/authkit/${id}/sign-in`;
    });
  });

  router.get('/authkit/:id/sign-in', ({ params: { id } }, response) => {
    const authorization = find(id);
    response.send(signInPage(authorization, state.userByEmail(authorization.loginHint ?? '')));
  });

  router.post('/authkit/:id/sign-in', async ({ params: { id }, body }, response) => {
    const authorization = find(id);
    const email = authorization.loginHint ?? '';
    const owner = state.ownerOfDomain(domainOf(email));
    if (!isEmail(email) || (owner && state.activeConnections(owner.id).length > 0)) {
      response.redirect(`/authkit/${id}`);
      return;
    }
    await redirecting(response, authorization, () => {
      const names = {
        firstName: single(body, 'first_name') ?? null,
        lastName: single(body, 'last_name') ?? null,
      };
      const user = state.userByEmail(email) ?? createUser(sandbox, { email, ...names });
      const data = { status: 'succeeded', ip_address: null, user_agent: null, user_id: user.id, email };
      state.record('authentication.magic_auth_succeeded', { type: 'magic_auth', ...data }, null);
      const who = { userId: user.id, method: 'MagicAuth', connectionId: null };
      return continueAuthKit(sandbox, response, authorization, who);
    });
  });

  router.get('/authkit/:id/organization', (request, response) => {
    const { id } = request.params;
    find(id);
    const session = browserSession(sandbox, request);
    if (session) response.send(organizationPage(id, state.organizationsOf(session.userId)));
    else response.redirect(`/authkit/${id}`);
  });

  router.post('/authkit/:id/organization', (request, response) => {
    const { id } = request.params;
    const authorization = find(id);
    const session = browserSession(sandbox, request);
    const organizationId = single(request.body, 'organization_id');
    return redirecting(response, authorization, () =>
      session && organizationId !== undefined
        ? finishAuthKit(sandbox, authorization, session, organizationId)
        : `/authkit/${id}`,
    );
  });

  router.get('/user_management/sessions/logout', ({ query }, response) => {
    const id = single(query, 'session_id');
    if (id === undefined) throw unprocessable('session_id', 'session_id is required');
    const session = state.session(id);
    if (session) revokeSession(sandbox, session);
    endBrowserSession(sandbox, response, session?.browserSessionId ?? null);
    const known = state.settings.logoutRedirects;
    const returnTo = single(query, 'return_to') ?? known[0];
    if (returnTo === undefined || !known.includes(returnTo)) {
      const detail = `Received: ${returnTo ?? 'none'}. Registered: ${known.join(', ')}. You are signed out.`;
      throw new PageProblem(400, 'This is not a registered sign-out redirect', detail);
    }
    response.redirect(returnTo);
  });

  return router;
}
