import express, { Router } from 'express';
import { ApiError, notFound, oauthError, requireApiKey } from './api-error.js';
import { checkProtocol, readAuthorization, selectConnection, startSamlLeg } from './authorization.js';
import { CallbackProblem, redirecting } from './browser-error.js';
import { checkClient, redeemCode } from './code-redemption.js';
import { opaqueToken } from './ids.js';
import { OAUTH_PROVIDERS } from './oauth-provider.routes.js';
import { single } from './parameters.js';
import type { Sandbox } from './sandbox.js';
import { profileWire } from './wire.js';

const PROFILE_TOKEN_SECONDS = 600;

/** The standalone SSO API. */
export function ssoRoutes(sandbox: Sandbox): Router {
  const { state, clock, keys } = sandbox;
  const router = express.Router();

  router.get('/sso/authorize', async ({ query }, response) => {
    const authorization = readAuthorization(sandbox, query, 'sso');
    await redirecting(response, authorization, () => {
      checkProtocol(query);
      const [connection, organization, provider] = ['connection', 'organization', 'provider'].map((name) =>
        single(query, name),
      );
      if (single(query, 'domain') !== undefined) {
        throw new CallbackProblem(
          'domain_connection_selector_not_allowed',
          'Use organization in place of domain.',
        );
      }
      if ([connection, organization, provider].filter((selector) => selector !== undefined).length !== 1) {
        const description = 'Send exactly one of connection, organization and provider.';
        throw new CallbackProblem('invalid_connection_selector', description);
      }
      if (provider === undefined) {
        return startSamlLeg(sandbox, authorization, selectConnection(sandbox, { connection, organization }));
      }
      if (!OAUTH_PROVIDERS.includes(provider)) {
        throw new CallbackProblem('connection_strategy_invalid', 'There is no such provider.');
      }
      state.authorizations.set(authorization.id, { ...authorization, provider });
      return `/oauth/${authorization.id}`;
    });
  });

  router.post('/sso/token', ({ body }, response) => {
    checkClient(sandbox, body);
    if (single(body, 'grant_type') !== 'authorization_code') {
      throw oauthError('unsupported_grant_type', 'The grant type must be authorization_code.');
    }
    const subject = redeemCode(sandbox, body);
    if (!('profile' in subject))
      throw oauthError('invalid_grant', 'The code was not issued by /sso/authorize.');
    const { profile } = subject;
    const token = opaqueToken();
    state.profileTokens.set(token, { profile, expiresAt: clock.in(PROFILE_TOKEN_SECONDS) });
    response.json({
      token_type: 'Bearer',
      access_token: token,
      expires_in: PROFILE_TOKEN_SECONDS,
      profile: profileWire(profile),
    });
  });

  router.get('/sso/profile', (request, response) => {
    const token = /^Bearer (.+)$/.exec(request.get('authorization') ?? '')?.[1];
    const grant = state.profileTokens.get(token ?? '');
    if (!grant || clock.isPast(grant.expiresAt)) throw new ApiError(401, { error: 'Unauthorized' });
    response.json(profileWire(grant.profile));
  });

  router.get('/sso/jwks/:clientId', ({ params: { clientId } }, response) => {
    if (clientId !== state.clientId) throw notFound('client', clientId);
    response.json(keys.jwks());
  });

  router.post('/sso/logout/authorize', requireApiKey(state), ({ body }) => {
    const id = single(body, 'profile_id') ?? '';
    if (!state.profiles.some((profile) => profile.id === id)) throw notFound('profile', id);
    throw oauthError('connection_invalid', 'Single Logout is only supported for GenericOIDC connections.');
  });

  // No connection here supports single logout, so no token was ever given out.
  router.get('/sso/logout', () => {
    throw new ApiError(404, { message: 'Not Found' });
  });

  return router;
}
