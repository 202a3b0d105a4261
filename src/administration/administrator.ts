import type { AuditDetail, AuditEvent } from '../audit/audit-log.service.js';
import type { Principal } from '../auth/index.js';

/** The audit record of something that an administrator did: who, for which organization, and on whose behalf if not their own. */
export function actBy(
  { user, organization, session }: Principal,
  action: AuditEvent['action'],
  details: Readonly<Record<string, AuditDetail>> = {},
): AuditEvent {
  const { id: sessionId, connectionId, impersonator } = session;
  const behalf = impersonator ? { impersonator: impersonator.email } : {};
  return {
    action,
    userId: user.id,
    organizationId: organization?.id ?? null,
    connectionId,
    sessionId,
    details: { ...details, ...behalf },
  };
}
