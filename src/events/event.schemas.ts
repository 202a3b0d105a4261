import { z } from 'zod';

/** How far the local copy is behind WorkOS. */
export const eventsState = z
  .object({
    lagSeconds: z.number().int().describe('For how long the oldest event that is due has been waiting.'),
    lastReadAt: z.string().nullable().describe('When the log at WorkOS was last read to its end.'),
    waiting: z.number().int().describe('Up to 1000.'),
    dead: z.number().int().describe('Up to 1000.'),
    behind: z
      .boolean()
      .describe(
        'The copy may lag behind by more than was promised: by what was not read, or not carried over.',
      ),
  })
  .readonly()
  .meta({ id: 'EventsState' });

export type EventsState = z.infer<typeof eventsState>;

/** An event that was set aside, by the service itself or by handlers of other modules. */
export const deadLetter = z
  .object({
    id: z.string(),
    event: z.string(),
    organizationId: z.string().nullable(),
    createdAt: z.date(),
    failures: z
      .array(
        z.object({
          handler: z
            .string()
            .nullable()
            .describe('`null` where the service itself could not follow the event.'),
          attempts: z.number().int(),
          error: z.string().nullable(),
        }),
      )
      .readonly(),
  })
  .readonly()
  .meta({ id: 'DeadLetter' });

export type DeadLetter = z.infer<typeof deadLetter>;
