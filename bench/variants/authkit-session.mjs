import { APP_GUARD } from '@nestjs/core';
import { WorkOS } from '@workos-inc/node';
import {
  configure,
  CookieSessionStorage,
  createAuthService,
  sessionEncryption,
} from '@workos/authkit-session';
import { cookieOf, createRoute } from './route.mjs';
import { codeFromSandbox, COOKIE_PASSWORD, sdkOptions } from './sandbox-sign-in.mjs';

class RequestStorage extends CookieSessionStorage {
  async getCookie(request, name) {
    return cookieOf(request, name) ?? null;
  }
}

/** `withAuth` of @workos/authkit-session in a guard, over the newest SDK that it accepts. */
export async function start({ sandbox }) {
  const { apiKey, clientId, redirectUri } = sandbox;
  const options = sdkOptions(sandbox);
  configure({
    clientId,
    apiKey,
    redirectUri,
    cookiePassword: COOKIE_PASSWORD,
    apiHostname: options.apiHostname,
    apiHttps: false,
    apiPort: options.port,
  });
  const workos = new WorkOS(apiKey, options);
  const auth = createAuthService({ sessionStorageFactory: (config) => new RequestStorage(config) });
  const { accessToken, refreshToken, user, impersonator } = await workos.userManagement.authenticateWithCode({
    code: await codeFromSandbox(sandbox),
    clientId,
  });
  const session = { accessToken, refreshToken, user, impersonator };
  const sealed = await sessionEncryption.sealData(session, { password: COOKIE_PASSWORD, ttl: 0 });
  const guard = {
    async canActivate(execution) {
      const request = execution.switchToHttp().getRequest();
      const { auth: result } = await auth.withAuth(request);
      request.user = result.user;
      return result.user !== null;
    },
  };
  const app = await createRoute({ providers: [{ provide: APP_GUARD, useValue: guard }] });
  return { app, headers: { Cookie: `wos-session=${encodeURIComponent(sealed)}` } };
}
