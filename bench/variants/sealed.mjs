import { APP_GUARD } from '@nestjs/core';
import { WorkOS } from 'workos-node-11';
import { cookieOf, createRoute } from './route.mjs';
import { codeFromSandbox, COOKIE_PASSWORD, sdkOptions } from './sandbox-sign-in.mjs';

/** A session sealed in a cookie, by WorkOS's SDK. */
export async function sealedSession(sandbox) {
  const workos = new WorkOS(sandbox.apiKey, sdkOptions(sandbox));
  const { sealedSession: sessionData } = await workos.userManagement.authenticateWithCode({
    code: await codeFromSandbox(sandbox),
    clientId: sandbox.clientId,
    session: { sealSession: true, cookiePassword: COOKIE_PASSWORD },
  });
  return { workos, sessionData };
}

/** `loadSealedSession().authenticate()` in a guard, as in WorkOS's guide for Express. */
export async function start({ sandbox }) {
  const { workos, sessionData } = await sealedSession(sandbox);
  const guard = {
    async canActivate(execution) {
      const request = execution.switchToHttp().getRequest();
      const session = workos.userManagement.loadSealedSession({
        sessionData: cookieOf(request, 'wos-session'),
        cookiePassword: COOKIE_PASSWORD,
      });
      const result = await session.authenticate();
      request.user = result.authenticated ? result.user : null;
      return result.authenticated;
    },
  };
  const app = await createRoute({ providers: [{ provide: APP_GUARD, useValue: guard }] });
  return { app, headers: { Cookie: `wos-session=${encodeURIComponent(sessionData)}` } };
}
