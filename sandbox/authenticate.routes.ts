import express, { Router } from 'express';
import { ApiError, oauthError } from './api-error.js';
import { checkClient, redeemCode } from './code-redemption.js';
import { opaqueToken } from './ids.js';
import type { SignedInUser, Wire } from './model.js';
import { single } from './parameters.js';
import type { Sandbox } from './sandbox.js';
import { createSession, refresh, tokenAnswer, type Device } from './sessions.js';
import { linkUser } from './sign-in-records.js';
import { userWire } from './wire.js';

const SELECTION_GRANT = 'urn:workos:oauth:grant-type:organization-selection';
const SELECTION_SECONDS = 600;

/** POST /user_management/authenticate. */
export function authenticateRoutes(sandbox: Sandbox): Router {
  const router = express.Router();
  router.post('/user_management/authenticate', async ({ body }, response) => {
    checkClient(sandbox, body);
    response.json(await answer(sandbox, body));
  });
  return router;
}

function answer(sandbox: Sandbox, body: unknown): Promise<Wire> | Wire {
  switch (single(body, 'grant_type')) {
    case 'authorization_code':
      return withCode(sandbox, body);
    case 'refresh_token': {
      const token = single(body, 'refresh_token');
      if (token === undefined) throw oauthError('invalid_request', 'The refresh_token parameter is missing.');
      return refresh(sandbox, token, single(body, 'organization_id'));
    }
    case SELECTION_GRANT:
      return withSelection(sandbox, body);
    default: {
      const message = 'Validation failed: grant_type is not one that the sandbox knows.';
      throw new ApiError(422, { code: 'invalid_request_parameters', message });
    }
  }
}

function withCode(sandbox: Sandbox, body: unknown): Promise<Wire> {
  const subject = redeemCode(sandbox, body);
  const who: SignedInUser =
    'user' in subject
      ? subject.user
      : {
          userId: linkUser(sandbox, subject.profile).id,
          organizationId: subject.profile.organizationId,
          method: subject.profile.organizationId === null ? subject.profile.connectionType : 'SSO',
          connectionId: subject.profile.connectionId,
          browserSessionId: null,
          authenticatedAt: sandbox.clock.now(),
        };
  const { state } = sandbox;
  const organizations = state.organizationsOf(who.userId);
  const forced = state.settings.organizationSelections > 0;
  if (forced) state.settings.organizationSelections -= 1;
  if (forced || (who.organizationId === null && organizations.length > 1)) requireSelection(sandbox, who);
  const organizationId = who.organizationId ?? organizations[0]?.id ?? null;
  return tokenAnswer(sandbox, createSession(sandbox, { ...who, organizationId }, device(body)));
}

function requireSelection(sandbox: Sandbox, who: SignedInUser): never {
  const { state, clock } = sandbox;
  const token = opaqueToken();
  state.pendingAuthentications.set(token, { user: who, expiresAt: clock.in(SELECTION_SECONDS) });
  const user = state.user(who.userId);
  throw new ApiError(403, {
    code: 'organization_selection_required',
    message: 'The user must choose an organization to finish their authentication.',
    pending_authentication_token: token,
    organizations: state.organizationsOf(who.userId).map(({ id, name }) => ({ id, name })),
    ...(user && { user: userWire(user) }),
  });
}

function withSelection(sandbox: Sandbox, body: unknown): Promise<Wire> {
  const { state, clock } = sandbox;
  const token = single(body, 'pending_authentication_token') ?? '';
  const pending = state.pendingAuthentications.get(token);
  if (!pending || clock.isPast(pending.expiresAt)) {
    const message = 'The pending authentication token is invalid or has expired.';
    throw new ApiError(400, { code: 'invalid_pending_authentication_token', message });
  }
  const organizationId = single(body, 'organization_id') ?? '';
  if (!state.membership(pending.user.userId, organizationId)) {
    const message = 'The organization is not one of the user.';
    throw new ApiError(400, { code: 'invalid_organization_id', message });
  }
  state.pendingAuthentications.delete(token);
  return tokenAnswer(sandbox, createSession(sandbox, { ...pending.user, organizationId }, device(body)));
}

function device(body: unknown): Device {
  return { ipAddress: single(body, 'ip_address') ?? null, userAgent: single(body, 'user_agent') ?? null };
}
