import { z } from 'zod';

/** A record of the audit log as administrators read it. */
export const auditRecord = z
  .object({
    id: z.string(),
    occurredAt: z.date(),
    action: z.string(),
    outcome: z.enum(['success', 'failure']),
    reason: z.string().nullable(),
    user: z
      .object({ id: z.string(), email: z.string().nullable() })
      .nullable()
      .describe('Who acted or, where nobody of the organization did, whom it concerns.'),
    connectionId: z.string().nullable(),
    sessionId: z.string().nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .readonly()
  .meta({ id: 'AuditEvent' });

export type AuditRecord = z.infer<typeof auditRecord>;
