import { z } from 'zod';
import { eventsState } from '../events/index.js';

export const liveness = z.object({ status: z.literal('ok') });

export const readiness = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    parts: z.object({
      database: z.enum(['ok', 'migrating', 'unreachable']),
      redis: z.exactOptional(z.enum(['ok', 'unreachable'])),
      process: z.enum(['ok', 'shutting_down']),
    }),
    events: eventsState.nullable(),
  })
  .meta({ id: 'Readiness' });

export type Readiness = z.infer<typeof readiness>;
