import { z } from 'zod';

/** A session as its owner, or an administrator of its organization, sees it. */
export const sessionSummary = z
  .object({
    id: z.string(),
    createdAt: z.date(),
    lastSeenAt: z.date(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    current: z.boolean().describe('The session of this request.'),
  })
  .readonly()
  .meta({ id: 'Session' });

export type SessionSummary = z.infer<typeof sessionSummary>;
