import type { AuditEvent } from '../../audit/audit-event.js';
import { impersonation } from '../../audit/audit-log.service.js';
import type { Principal } from '../../identity/principal.js';

/**
 * Who did something, as the audit log names them: the person, and whoever acts as them; or the machine or the key, and whose
 * key it is.
 */
export function actorOf(principal: Principal): Pick<
  AuditEvent,
  'userId' | 'organizationId' | 'connectionId' | 'sessionId'
> & {
  readonly details: Readonly<Record<string, string>>;
} {
  const organizationId = principal.organization?.id ?? null;
  switch (principal.kind) {
    case 'user': {
      const { id: sessionId, connectionId, impersonator } = principal.session;
      const details = impersonation(impersonator);
      return { userId: principal.user.id, organizationId, connectionId, sessionId, details };
    }
    case 'machine':
      return { organizationId, details: { machine: principal.machine.clientId } };
    case 'apiKey': {
      const { id, userId } = principal.apiKey;
      return { userId, organizationId, details: { apiKey: id } };
    }
  }
}
