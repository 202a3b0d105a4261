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
    usable: z
      .boolean()
      .describe(
        'Whether somebody can sign in as this member. `false` with SIGN_IN=sso for an account of AuthKit alone whose address is on no verified domain of the organization: there an e-mail links nobody, so the person who signs in through a connection is another member.',
      ),
  })
  .readonly()
  .meta({ id: 'Member' });

export type Member = z.infer<typeof member>;
