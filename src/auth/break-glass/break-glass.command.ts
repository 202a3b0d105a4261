import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openForOperators } from '../../database/operators-database.js';
import { parseEmail } from '../../identity/email-domain.js';
import { isIdentifier } from '../../identity/identifiers.js';
import { DEFAULT_MINUTES, MAX_MINUTES } from './break-glass-pass.js';
import { PassIssuer, type Account, type Issued, type IssueRefusal, type WantedPass } from './pass-issuer.js';

const USAGE = `Usage: npm run break-glass -- --organization <org_...> --email <address> --reason "<why>" [--minutes ${DEFAULT_MINUTES}] [--user <user_...>]

Lets one person in while the identity provider of their organization is down: prints a code that is good once, for
at most ${MAX_MINUTES} minutes. The person must be a member already; their directory, the groups they need and the rule for
guests hold when it is used, and already now as far as the database knows them. --user says who is meant where several
members have the address. Every pass stands in the audit log.`;

const MINUTES = `must be a whole number from 1 to ${MAX_MINUTES}`;

const options = z.object({
  organization: z
    .string('is missing')
    .refine((value) => isIdentifier('org', value), 'must be a WorkOS id that begins with org_'),
  email: z
    .string('is missing')
    .refine((value) => parseEmail(value) !== null, 'must be an e-mail address')
    .transform((value) => value.trim()),
  user: z
    .string()
    .refine((value) => isIdentifier('user', value), 'must be an id that begins with user_')
    .optional(),
  reason: z
    .string('is missing')
    .trim()
    .min(5, 'must say why, in at least 5 characters')
    .max(500, 'must have at most 500 characters'),
  minutes: z
    .string()
    .regex(/^\d{1,2}$/, MINUTES)
    .transform(Number)
    .refine((value) => value >= 1 && value <= MAX_MINUTES, MINUTES)
    .default(DEFAULT_MINUTES),
});

export interface CommandResult {
  readonly exitCode: number;
  readonly text: string;
}

/** The operators' command: it needs the database alone, neither WorkOS nor the running service. */
export async function breakGlassCommand(
  where: { readonly databaseUrl: string | null; readonly appUrl: string },
  args: readonly string[],
): Promise<CommandResult> {
  if (args.includes('--help')) return { exitCode: 0, text: USAGE };
  const given = readArguments(args);
  if (typeof given === 'string') return { exitCode: 2, text: `${given}\n\n${USAGE}` };
  const database = openForOperators(where.databaseUrl);
  if (typeof database === 'string') return { exitCode: 2, text: database };
  try {
    const issued = await new PassIssuer(database).issue(given);
    if (issued.kind === 'refused') return { exitCode: 1, text: refusal(issued) };
    const { pass, organizationName, code } = issued;
    return {
      exitCode: 0,
      text: `A pass for ${pass.email} (${pass.userId}) at ${organizationName}, good once until ${pass.expiresAt.toISOString()}.

  Open   ${where.appUrl}/auth/break-glass
  Enter  ${code}

Give it to nobody else: whoever has the code is that person. Nothing keeps it but this screen.`,
    };
  } finally {
    await database.destroy();
  }
}

const REFUSALS: Readonly<Record<IssueRefusal, string>> = {
  not_a_member:
    'nobody with this address is a member of that organization here. Only a person who has signed in before, or whom WorkOS told of, can get one.',
  account_deactivated: 'WorkOS or a directory of their organization has deactivated this person.',
  guest_not_allowed: 'this person is a guest, and their organization keeps guests out.',
  group_required: 'this person is in none of the groups that their organization asks for.',
  several_members:
    'more than one member has this address, and a pass must be for one person. Say who is meant:',
};

function refusal({ reason, accounts }: Extract<Issued, { kind: 'refused' }>): string {
  const text = `No pass: ${REFUSALS[reason]}`;
  return accounts.length === 0 ? text : `${text}\n\n${accounts.map(lineOf).join('\n')}`;
}

function lineOf({ id, connections, signedInAt }: Account): string {
  const ways = connections.map((way) => (way.isDeleted ? `${way.id} (deleted)` : way.id)).join(', ');
  const by = ways === '' ? "WorkOS's own account" : `by ${ways}`;
  return `  --user ${id}   ${by}${signedInAt === null ? '' : `, last signed in ${signedInAt.toISOString()}`}`;
}

function readArguments(args: readonly string[]): WantedPass | string {
  try {
    const text = { type: 'string' } as const;
    const { values, tokens } = parseArgs({
      args: [...args],
      options: { organization: text, email: text, user: text, reason: text, minutes: text },
      tokens: true,
    });
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) return `--${twice} is given twice`;
    const parsed = options.safeParse(values);
    if (parsed.success) return parsed.data;
    return parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`).join('\n');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('ERR_PARSE_ARGS')) return message;
    throw error;
  }
}
