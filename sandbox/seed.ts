import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { DIRECTORY_STATES, DIRECTORY_TYPES } from './directories/directory.model.js';
import { ID_BODY } from './ids.js';

function id(prefix: string): z.ZodString {
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}_${ID_BODY}$`),
      `write ${prefix}_ and 26 characters of 0-9 A-Z without I, L, O and U`,
    );
}

const domain = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'write a domain in lower case, as acme.com');

const connection = z.strictObject({
  id: id('conn').optional(),
  name: z.string().min(1),
  connection_type: z
    .string()
    .regex(/SAML$|^TestIdp$/, 'write a SAML type of WorkOS, as OktaSAML, or TestIdp'),
  state: z.enum(['active', 'inactive', 'draft', 'validating']).default('active'),
});

const directory = z.strictObject({
  id: id('directory').optional(),
  name: z.string().min(1),
  type: z.enum(DIRECTORY_TYPES).default('generic scim v2.0'),
  state: z.enum(DIRECTORY_STATES).default('active'),
  groups: z.array(z.string().min(1)).default([]),
  users: z
    .array(
      z.strictObject({
        email: z.email(),
        idp_id: z.string().min(1).optional(),
        groups: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

/** A real credential has no place in a file, nor has one that nobody can tell from a real one. */
function notASecret(prefix: string): z.ZodString {
  const message = `write ${prefix}_..._not_a_secret: a real one has no place here`;
  return z.string().regex(new RegExp(`^${prefix}_\\w*not_a_secret$`), message);
}

const apiKey = z.strictObject({
  name: z.string().min(1),
  value: notASecret('sk_sandbox'),
  permissions: z.array(z.string()).default([]),
  /** The e-mail of the member whose key it is; the organization's own where left out. */
  owner: z.email().optional(),
});

const application = z.strictObject({
  name: z.string().min(1),
  client_id: id('client'),
  client_secret: notASecret('sandbox'),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/)).default([]),
});

const resource = z.strictObject({
  external_id: z.string().min(1),
  type: z.string().min(1),
  name: z.string().min(1).optional(),
  grants: z
    .array(z.strictObject({ email: z.email(), permissions: z.array(z.string().min(1)).min(1) }))
    .default([]),
});

const organization = z.strictObject({
  id: z.union([id('org'), z.literal('org_test_idp')]).optional(),
  name: z.string().min(1),
  domains: z
    .array(
      z.union([
        domain,
        z.strictObject({ domain, state: z.enum(['verified', 'pending', 'failed']).default('verified') }),
      ]),
    )
    .default([]),
  allow_profiles_outside_organization: z.boolean().default(false),
  connection: connection.optional(),
  directory: directory.optional(),
  api_keys: z.array(apiKey).default([]),
  applications: z.array(application).default([]),
  resources: z.array(resource).default([]),
});

const person = z.strictObject({
  email: z.email(),
  first_name: z.string().min(1),
  last_name: z.string().min(1),
  memberships: z.array(z.strictObject({ organization: z.string(), role: z.string() })).default([]),
});

const role = z.strictObject({
  slug: z.string().regex(/^[a-z0-9-]+$/, 'write a slug of a-z, 0-9 and -'),
  name: z.string().min(1),
  description: z.string().nullable().default(null),
  permissions: z.array(z.string()).default([]),
});

const seedSchema = z
  .strictObject({
    client_id: id('client'),
    api_key: notASecret('sk_sandbox'),
    roles: z.array(role).min(1),
    organizations: z.array(organization),
    people: z.array(person).default([]),
  })
  .superRefine((seed, context) => {
    const organizations = new Set(seed.organizations.map(({ name }) => name));
    const roles = new Set(seed.roles.map(({ slug }) => slug));
    const permissions = new Set(seed.roles.flatMap((role) => role.permissions));
    const members = (name: string): string[] =>
      seed.people
        .filter(({ memberships }) => memberships.some(({ organization }) => organization === name))
        .map(({ email }) => email);
    seed.organizations.forEach(({ name, api_keys: keys, resources }, index) => {
      const refuse = (path: PropertyKey[], known: readonly string[], advice = ''): void => {
        const message = `name one of: ${known.join(', ')}${advice}`;
        context.addIssue({ code: 'custom', path: ['organizations', index, ...path], message });
      };
      const people = members(name);
      keys.forEach((key, at) => {
        const path = ['api_keys', at];
        if (key.permissions.some((slug) => !permissions.has(slug))) {
          refuse([...path, 'permissions'], [...permissions], '; a new one is given to a role first');
        }
        if (key.owner !== undefined && !people.includes(key.owner)) refuse([...path, 'owner'], people);
      });
      resources.forEach(({ grants }, at) => {
        grants.forEach(({ email }, which) => {
          if (!people.includes(email)) refuse(['resources', at, 'grants', which, 'email'], people);
        });
      });
    });
    seed.organizations.forEach(({ directory }, index) => {
      directory?.users.forEach((user, at) => {
        const unknown = user.groups.find((group) => !directory.groups.includes(group));
        if (unknown === undefined) return;
        const path = ['organizations', index, 'directory', 'users', at, 'groups'];
        context.addIssue({ code: 'custom', path, message: `name one of: ${directory.groups.join(', ')}` });
      });
    });
    seed.people.forEach((person, index) => {
      person.memberships.forEach((membership, at) => {
        const path = ['people', index, 'memberships', at];
        if (!organizations.has(membership.organization)) {
          const message = `name one of: ${[...organizations].join(', ')}`;
          context.addIssue({ code: 'custom', path: [...path, 'organization'], message });
        }
        if (!roles.has(membership.role)) {
          const message = `name one of: ${[...roles].join(', ')}`;
          context.addIssue({ code: 'custom', path: [...path, 'role'], message });
        }
      });
    });
  });

/** A seed as it is written. */
export type Seed = z.input<typeof seedSchema>;
/** A seed with every default filled in. */
export type ReadSeed = z.output<typeof seedSchema>;

export class SeedProblem extends Error {}

export function parseSeed(seed: unknown, source = 'seed'): ReadSeed {
  const result = seedSchema.safeParse(seed);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => {
    const said = message.endsWith('received undefined') ? 'is missing' : message;
    return `  ${path.join('.') || '(top)'}: ${said}`;
  });
  throw new SeedProblem(`${source} cannot be used:\n${lines.join('\n')}`);
}

export function readSeed(seed: Seed | string): ReadSeed {
  if (typeof seed !== 'string') return parseSeed(seed);
  let text: string;
  try {
    text = readFileSync(seed, 'utf8');
  } catch (error) {
    throw new SeedProblem(`${seed} cannot be read; set SANDBOX_SEED to a YAML file`, { cause: error });
  }
  try {
    return parseSeed(parse(text), seed);
  } catch (error) {
    if (error instanceof SeedProblem) throw error;
    throw new SeedProblem(`${seed} is not YAML: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
}
