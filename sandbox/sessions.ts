import { oauthError } from './api-error.js';
import { freshId, opaqueToken } from './ids.js';
import type { Session, SignedInUser, Wire } from './model.js';
import type { Sandbox } from './sandbox.js';
import { sessionWire, userWire } from './wire.js';

const ACCESS_TOKEN_SECONDS = 300;
const SESSION_SECONDS = 30 * 24 * 3600;
const IMPERSONATION_SECONDS = 3600;
/** The same spent refresh token gives the same answer this long, so that a lost reply ends no session. */
const REPLAY_SECONDS = 30;

export interface Device {
  ipAddress: string | null;
  userAgent: string | null;
}

export function createSession(sandbox: Sandbox, who: SignedInUser, device: Device): Session {
  const { state, clock } = sandbox;
  const now = clock.now();
  const session: Session = {
    id: freshId('session'),
    userId: who.userId,
    organizationId: who.organizationId,
    connectionId: who.connectionId,
    method: who.method,
    ...device,
    browserSessionId: who.browserSessionId,
    impersonator: who.impersonator ?? null,
    authenticatedAt: who.authenticatedAt,
    expiresAt: clock.in(who.impersonator ? IMPERSONATION_SECONDS : SESSION_SECONDS),
    endedAt: null,
    updatedAt: now,
  };
  state.sessions.push(session);
  const user = state.user(who.userId);
  if (user && !who.impersonator) user.lastSignInAt = now;
  state.record('session.created', sessionWire(session, clock), session.organizationId);
  return session;
}

export function revokeSession({ state, clock }: Pick<Sandbox, 'state' | 'clock'>, session: Session): void {
  if (session.endedAt) return;
  session.endedAt = clock.now();
  session.updatedAt = clock.now();
  state.record('session.revoked', sessionWire(session, clock), session.organizationId);
}

/** What POST /user_management/authenticate answers: the user and a new pair of tokens. */
export async function tokenAnswer(sandbox: Sandbox, session: Session): Promise<Wire> {
  const { state, clock, keys, url } = sandbox;
  const user = state.user(session.userId);
  if (!user) throw oauthError('invalid_grant', 'The user does not exist any more.');
  const { organizationId } = session;
  const role = organizationId && state.membership(user.id, organizationId)?.role;
  const issuedAt = Math.floor(clock.now().getTime() / 1000);
  const accessToken = await keys.sign({
    iss: `${url}/user_management/${state.clientId}`,
    sub: user.id,
    sid: session.id,
    client_id: state.clientId,
    ...(session.organizationId !== null && { org_id: session.organizationId }),
    ...(role && { role, roles: [role], permissions: state.permissionsOf(role, session.organizationId) }),
    ...(session.impersonator && { act: { sub: session.impersonator.email } }),
    entitlements: [],
    feature_flags: [],
    auth_time: Math.floor(session.authenticatedAt.getTime() / 1000),
    jti: freshId('jti').slice(4),
    iat: issuedAt,
    exp: issuedAt + ACCESS_TOKEN_SECONDS,
  });
  const refreshToken = opaqueToken();
  state.refreshTokens.set(refreshToken, { sessionId: session.id, spent: null });
  return {
    user: userWire(user),
    ...(session.organizationId !== null && { organization_id: session.organizationId }),
    access_token: accessToken,
    refresh_token: refreshToken,
    authentication_method: session.method,
    ...(session.impersonator && { impersonator: session.impersonator }),
  };
}

/** Whether the organization lets this user in through its own connection alone. */
export function ssoRequired(
  { state }: Sandbox,
  who: { email: string; organizationId: string; connectionId: string | null },
): string[] {
  const connectionIds = state.activeConnections(who.organizationId).map(({ id }) => id);
  const owner = state.ownerOfDomain(who.email.slice(who.email.lastIndexOf('@') + 1));
  const satisfied = who.connectionId !== null && connectionIds.includes(who.connectionId);
  return owner?.id === who.organizationId && !satisfied ? connectionIds : [];
}

export async function refresh(sandbox: Sandbox, token: string, organizationId?: string): Promise<Wire> {
  const { state, clock } = sandbox;
  const grant = state.refreshTokens.get(token);
  const session = grant && state.session(grant.sessionId);
  if (!grant || !session) throw oauthError('invalid_grant', 'Invalid refresh token.');
  if (session.endedAt || clock.isPast(session.expiresAt)) {
    throw oauthError('invalid_grant', 'Session has already ended.');
  }
  if (grant.spent) {
    const age = clock.now().getTime() - grant.spent.at.getTime();
    if (age <= REPLAY_SECONDS * 1000) return grant.spent.answer;
    throw oauthError('invalid_grant', 'Refresh token already exchanged.');
  }
  if (organizationId !== undefined) switchOrganization(sandbox, session, organizationId);
  const answer = tokenAnswer(sandbox, session);
  grant.spent = { at: clock.now(), answer };
  session.updatedAt = clock.now();
  return answer;
}

function switchOrganization(sandbox: Sandbox, session: Session, organizationId: string): void {
  const { state } = sandbox;
  if (!state.organization(organizationId)) {
    throw oauthError('organization_not_found', 'The organization does not exist.');
  }
  if (!state.membership(session.userId, organizationId)) {
    const description = 'The user is not an active member of the organization.';
    throw oauthError('organization_membership_not_found', description);
  }
  const email = state.user(session.userId)?.email ?? '';
  const { connectionId } = session;
  const connectionIds = ssoRequired(sandbox, { email, organizationId, connectionId });
  if (connectionIds.length > 0) {
    const description = 'User must authenticate using one of the matching connections.';
    throw oauthError('sso_required', description, { connection_ids: connectionIds, email });
  }
  session.organizationId = organizationId;
}
