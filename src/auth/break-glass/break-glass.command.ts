import { createNoopMeter } from '@opentelemetry/api';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { AuditLog } from '../../audit/audit-log.service.js';
import { AuditRepository } from '../../audit/audit.repository.js';
import { SystemClock } from '../../common/clock.js';
import { SystemRandom } from '../../common/random.js';
import { Database } from '../../database/database.js';
import { parseEmail } from '../../identity/email-domain.js';
import { isIdentifier } from '../../identity/identifiers.js';
import { codeHashOf, DEFAULT_MINUTES, MAX_MINUTES } from './break-glass-pass.js';
import { BreakGlassPassesRepository, type Holder } from './break-glass-passes.repository.js';

const USAGE = `Usage: npm run break-glass -- --organization <org_...> --email <address> --reason "<why>" [--minutes ${DEFAULT_MINUTES}]

Lets one person in while the identity provider of their organization is down: prints a code that is good once, for
at most ${MAX_MINUTES} minutes. The person must be a member already; their directory, the groups they need and the rule for
guests hold when it is used. Every pass stands in the audit log.`;

const MINUTES = `must be a whole number from 1 to ${MAX_MINUTES}`;

const options = z.object({
  organization: z
    .string('is missing')
    .refine((value) => isIdentifier('org', value), 'must be a WorkOS id that begins with org_'),
  email: z
    .string('is missing')
    .refine((value) => parseEmail(value) !== null, 'must be an e-mail address')
    .transform((value) => value.trim()),
  reason: z.string('is missing').trim().min(5, 'must say why').max(500, 'must have at most 500 characters'),
  minutes: z
    .string()
    .regex(/^\d{1,2}$/, MINUTES)
    .transform(Number)
    .refine((value) => value >= 1 && value <= MAX_MINUTES, MINUTES)
    .default(DEFAULT_MINUTES),
});

interface CommandResult {
  readonly exitCode: number;
  readonly text: string;
}

/** The operators' command: it needs the database alone, neither WorkOS nor the running service. */
export async function breakGlassCommand(
  where: { readonly databaseUrl: string; readonly appUrl: string },
  args: readonly string[],
): Promise<CommandResult> {
  const given = readArguments(args);
  if (typeof given === 'string') return { exitCode: 2, text: `${given}\n\n${USAGE}` };
  const { organization, email, reason, minutes } = given;
  const database = Database.open(where.databaseUrl);
  try {
    const [clock, random] = [new SystemClock(), new SystemRandom()];
    const audit = new AuditLog(new AuditRepository(database), clock, random, createNoopMeter());
    const passes = new BreakGlassPassesRepository(database);
    const holder = theOnly(await passes.holders(organization, email));
    if (typeof holder === 'string') {
      await audit.record(
        { action: 'break_glass.refused', reason: holder, organizationId: organization },
        null,
      );
      return { exitCode: 1, text: REFUSALS[holder] };
    }
    const issuedAt = clock.now();
    const code = random.secret();
    const pass = {
      id: random.id('pass', issuedAt),
      organizationId: organization,
      email: holder.user.email,
      reason,
      issuedAt,
      expiresAt: new Date(issuedAt.getTime() + minutes * 60_000),
    };
    await database.transaction().execute(async (trx) => {
      await passes.insert(pass, codeHashOf(code), trx);
      // No pass without its record.
      await audit.recordIn(trx, {
        action: 'break_glass.issued',
        reason: 'operator',
        userId: holder.user.id,
        organizationId: organization,
        details: { pass: pass.id, why: reason, minutes },
      });
    });
    return {
      exitCode: 0,
      text: `A pass for ${holder.user.email} at ${holder.organization.name}, good once until ${pass.expiresAt.toISOString()}.

  Open   ${where.appUrl}/auth/break-glass
  Enter  ${code}

Give it to nobody else: whoever has the code is that person. Nothing keeps it but this screen.`,
    };
  } finally {
    await database.destroy();
  }
}

const REFUSALS = {
  not_a_member:
    'No pass: nobody with this address is an active member of that organization here. Only a person who has signed in before, or whom WorkOS told of, can get one.',
  several_members:
    'No pass: more than one member has this address, and a pass must be for one person. Remove the one who is not meant.',
} as const;

function theOnly([holder, ...others]: readonly Holder[]): Holder | keyof typeof REFUSALS {
  if (!holder) return 'not_a_member';
  return others.length > 0 ? 'several_members' : holder;
}

function readArguments(args: readonly string[]): z.output<typeof options> | string {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: { organization: text, email: text, reason: text, minutes: text },
    });
    const parsed = options.safeParse(values);
    if (parsed.success) return parsed.data;
    return parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`).join('\n');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('ERR_PARSE_ARGS')) return message;
    throw error;
  }
}
