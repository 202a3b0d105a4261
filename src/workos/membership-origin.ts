import type { WorkOS } from '@workos-inc/node';
import { z } from 'zod';
import { LOG_RETENTION } from '../identity/event-source.port.js';

/** Milliseconds between a sign-in and the membership that WorkOS makes of it. */
const AT_ONCE = 10_000;
const LIMIT = 100;

const ACCEPTED = 'invitation.accepted';
/** All by which a person comes to WorkOS. A code of standalone SSO becomes a member only where it is redeemed, with a session. */
const ARRIVALS = [
  'authentication.email_verification_succeeded',
  'authentication.magic_auth_succeeded',
  'authentication.mfa_succeeded',
  'authentication.oauth_succeeded',
  'authentication.passkey_succeeded',
  'authentication.password_succeeded',
  'authentication.sso_succeeded',
  'session.created',
];

const page = z.object({
  data: z.array(
    z.object({
      event: z.string(),
      data: z.object({
        user_id: z.string().nullish(),
        accepted_user_id: z.string().nullish(),
        organization_id: z.string().nullish(),
        sso: z.object({ organization_id: z.string().nullish() }).nullish(),
      }),
    }),
  ),
  list_metadata: z.object({ after: z.string().nullish() }).nullish(),
});

interface Membership {
  readonly organizationId: string;
  readonly userId: string;
  readonly createdAt: Date;
}

/**
 * Whether WorkOS made somebody a member because they signed in (its just-in-time provisioning). It does not say so of a
 * membership, but its log has what happened at that moment. An invitation that was accepted just then is somebody's word.
 * @param before what came later made nobody a member who was one
 */
export async function isMadeBySignIn(
  workos: WorkOS,
  { organizationId, userId, createdAt }: Membership,
  before: Date,
): Promise<boolean> {
  const created = createdAt.getTime();
  // Of older ones the log knows nothing.
  if (created < before.getTime() - LOG_RETENTION) return false;
  const range = {
    range_start: new Date(created - AT_ONCE).toISOString(),
    range_end: new Date(Math.min(created + AT_ONCE, before.getTime())).toISOString(),
  };
  let arrived = false;
  let after: string | null | undefined;
  do {
    const query = {
      ...range,
      events: [ACCEPTED, ...ARRIVALS].join(','),
      limit: LIMIT,
      ...(after ? { after } : {}),
    };
    const answer: { data: unknown } = await workos.get('/events', { query });
    const { data: events, list_metadata: next } = page.parse(answer.data);
    for (const { event, data } of events) {
      const at = data.organization_id ?? data.sso?.organization_id ?? organizationId;
      if (at !== organizationId) continue;
      if (event === ACCEPTED && data.accepted_user_id === userId) return false;
      arrived ||= event !== ACCEPTED && data.user_id === userId;
    }
    after = next?.after;
  } while (after);
  return arrived;
}
