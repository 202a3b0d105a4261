import { z } from 'zod';

/** A member as the administrators of their organization see them. */
export const member = z
  .object({
    id: z.string(),
    email: z.string(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    profilePictureUrl: z.string().nullable(),
    roles: z.array(z.string()).describe('All of them, whatever they come from.'),
    status: z.enum(['active', 'deactivated', 'invited']),
    directoryManaged: z.boolean().describe('A directory says whether they are there.'),
  })
  .readonly()
  .meta({ id: 'Member' });

export type Member = z.infer<typeof member>;
