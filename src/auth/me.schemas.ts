import { z } from 'zod';

/** What callers see of themselves. */
export const me = z
  .object({
    user: z.object({
      id: z.string(),
      email: z.string(),
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
      profilePictureUrl: z.string().nullable(),
    }),
    organization: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .describe('`null` for a person who signed in without a company.'),
    roles: z.array(z.string()),
    permissions: z.array(z.string()),
    session: z.object({
      id: z.string(),
      authenticatedAt: z.date(),
      expiresAt: z.date().describe('The absolute end. An idle session ends earlier.'),
      method: z.string().describe('How the person proved who they are, such as `sso` or `password`.'),
      connectionId: z.string().nullable(),
      impersonator: z.object({ email: z.string(), reason: z.string().nullable() }).nullable(),
    }),
  })
  .meta({ id: 'Me' });
