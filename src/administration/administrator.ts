import type { AuditDetail, AuditEvent } from '../audit/audit-event.js';
import { actorOf, type Principal } from '../auth/index.js';

/** The audit record of something that an administrator did: who, for which organization, and on whose behalf if not their own. */
export function actBy(
  principal: Principal,
  action: AuditEvent['action'],
  details: Readonly<Record<string, AuditDetail>> = {},
): AuditEvent {
  const actor = actorOf(principal);
  return { ...actor, action, details: { ...details, ...actor.details } };
}
