import { z } from 'zod';

const grants = {
  organization: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe('`null` for a person who signed in without a company.'),
  roles: z.array(z.string()).readonly(),
  permissions: z.array(z.string()).readonly(),
  user: z.null(),
  session: z.null(),
  machine: z.null(),
  apiKey: z.null(),
};

const person = z
  .object({
    ...grants,
    kind: z.literal('user'),
    user: z.object({
      id: z.string(),
      email: z.string(),
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
      profilePictureUrl: z.string().nullable(),
    }),
    session: z.object({
      id: z.string(),
      authenticatedAt: z.date(),
      expiresAt: z.date().describe('The absolute end. An idle session ends earlier.'),
      method: z.string().describe('How the person proved who they are, such as `sso` or `password`.'),
      connectionId: z.string().nullable(),
      impersonator: z.object({ email: z.string(), reason: z.string().nullable() }).nullable(),
    }),
  })
  .meta({ id: 'MePerson' });

const machine = z
  .object({
    ...grants,
    kind: z.literal('machine'),
    machine: z.object({ clientId: z.string(), expiresAt: z.date() }),
  })
  .meta({ id: 'MeMachine' });

const apiKey = z
  .object({
    ...grants,
    kind: z.literal('apiKey'),
    apiKey: z.object({
      id: z.string(),
      name: z.string(),
      userId: z
        .string()
        .nullable()
        .describe("The person whose key it is; `null` for the organization's own."),
    }),
  })
  .meta({ id: 'MeApiKey' });

/** What callers see of themselves: a person with their session, a machine, or an API key. */
export const me = z.discriminatedUnion('kind', [person, machine, apiKey]).meta({ id: 'Me' });

export type Me = z.infer<typeof me>;
