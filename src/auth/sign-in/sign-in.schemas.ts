import { z } from 'zod';
import { isIdentifier, OAUTH_PROVIDERS, type IdentifierKind } from '../../identity/identifiers.js';

function identifier(kind: IdentifierKind) {
  return z
    .string()
    .refine((value) => isIdentifier(kind, value), `must be a WorkOS id that begins with ${kind}_`);
}

const text = (maximum: number) => z.string().max(maximum);

/** Unknown parameters are left alone: WorkOS may add some. One that is given twice is a list, and refused. */
export const loginQuery = z
  .object({
    email: text(320).optional(),
    organization: identifier('org').optional(),
    connection: identifier('conn').optional(),
    /** What WorkOS appends where it sends an IdP-initiated sign-in to this address. */
    connection_id: identifier('conn').optional(),
    provider: z.enum(OAUTH_PROVIDERS).optional(),
    /** With `email` or `organization`: which of several connections of the organization. */
    through: identifier('conn').optional(),
    return_to: z.string().optional(),
    /** The identity provider is to ask for the person's own proof again. */
    reauthenticate: z.literal('true').optional(),
  })
  .refine(
    ({ email, organization, connection, connection_id: connectionId, provider }) =>
      [email, organization, connection, connectionId, provider].filter((value) => value !== undefined)
        .length <= 1,
    'give one of email, organization, connection and provider, or none',
  )
  .refine(
    ({ email, organization, through }) =>
      through === undefined || email !== undefined || organization !== undefined,
    'through goes with an email or an organization',
  );

export type LoginQuery = z.infer<typeof loginQuery>;

export const callbackQuery = z.object({
  code: text(2048).optional(),
  state: text(2048).optional(),
  error: text(2048).optional(),
  error_description: text(8192).optional(),
  connection_id: text(200).optional(),
});

export type CallbackQuery = z.infer<typeof callbackQuery>;

export const organizationChoice = z.object({
  state: text(2048),
  organization_id: identifier('org'),
});

export type OrganizationChoiceBody = z.infer<typeof organizationChoice>;
