import { z } from 'zod';

/** Why somebody has a role. One that has several reasons is named once for each. */
export const roleSource = z
  .object({
    role: z.string(),
    from: z
      .enum(['workos', 'group', 'default'])
      .describe(
        'Given in WorkOS, by a group of a directory, or to everybody for whom neither says anything.',
      ),
    group: z.exactOptional(z.object({ id: z.string(), name: z.string() }).readonly()),
  })
  .readonly()
  .meta({ id: 'RoleSource' });

export type RoleSource = z.infer<typeof roleSource>;
