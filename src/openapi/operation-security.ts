import type { AccessRequirements } from '../auth/index.js';
import type { AnswerOptions } from '../common/answer.decorators.js';
import type { ProblemCode } from '../common/problems.js';
import type { Security, SecurityScheme } from './document.js';

export interface OperationSecurity {
  readonly security: Security;
  /** What the guard refuses with. */
  readonly refusals: readonly ProblemCode[];
  /** What it asks for, in words; empty where it asks for nothing. */
  readonly needs: string;
}

/** Whoever looks at credentials may find two of them, or be unable to check one. */
const READS_CREDENTIALS: readonly ProblemCode[] = [
  'several_credentials',
  'store_unavailable',
  'upstream_unavailable',
];
const KINDS = { user: 'people', machine: 'machines', apiKey: 'API keys' } as const;

/** What the guard's own metadata means to a caller: the one place that translates it. */
export function operationSecurity(asked: AccessRequirements, isSafe: boolean): OperationSecurity {
  if (asked.access === 'public') return { security: [], refusals: [], needs: '' };
  // Only a person has a session; each kind has its token.
  const anyone = [...(asked.principals.includes('user') ? [{ session: [] }] : []), { bearer: [] }];
  if (asked.access === 'optional') {
    const refusals: ProblemCode[] = refusesImpersonation(asked, isSafe) ? ['impersonation_read_only'] : [];
    return {
      security: [...anyone, {}],
      refusals: [...READS_CREDENTIALS, ...refusals, ...ofParameters(asked)],
      needs: '',
    };
  }
  return {
    security: anyone,
    refusals: [...READS_CREDENTIALS, ...refusalsOf(asked, isSafe)],
    needs: needsOf(asked).join(' '),
  };
}

/** What a known caller may be refused with on an open route, too: a parameter of the handler could not be filled. */
function ofParameters({ principals, needsOrganization }: AccessRequirements): ProblemCode[] {
  return [
    ...(principals.length < Object.keys(KINDS).length ? (['principal_not_accepted'] as const) : []),
    ...(needsOrganization ? (['organization_required'] as const) : []),
  ];
}

function refusalsOf(asked: AccessRequirements, isSafe: boolean): ProblemCode[] {
  const refusals: [ProblemCode, boolean][] = [
    ['unauthenticated', true],
    ['not_found', asked.organizationParam !== null],
    ['impersonation_read_only', refusesImpersonation(asked, isSafe)],
    ['missing_role', asked.roles.length > 0],
    ['missing_permission', asked.permissions.length > 0 || asked.resources.length > 0],
    ['reauthentication_required', asked.recentAuth !== null],
  ];
  return [...refusals.filter(([, applies]) => applies).map(([code]) => code), ...ofParameters(asked)];
}

function refusesImpersonation(asked: AccessRequirements, isSafe: boolean): boolean {
  return !isSafe && !asked.allowsImpersonation && asked.principals.includes('user');
}

function needsOf({
  principals,
  permissions,
  resources,
  roles,
  recentAuth,
  needsOrganization,
}: AccessRequirements): string[] {
  const any = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(' or ');
  const kinds = principals.map((kind) => KINDS[kind]).join(' and ');
  return [
    ...permissions.map((group) => `Needs the permission ${any(group)}.`),
    ...resources.map(
      ({ permission, resource, param }) =>
        `Needs the permission \`${permission}\` on the ${resource} that \`${param}\` names.`,
    ),
    ...roles.map((group) => `Needs the role ${any(group)}.`),
    ...(principals.length < Object.keys(KINDS).length ? [`For ${kinds} alone.`] : []),
    ...(needsOrganization ? ['For callers of an organization.'] : []),
    ...(recentAuth === null
      ? []
      : [`Needs a proof of who the person is that is no older than ${recentAuth} seconds.`]),
  ];
}

/** A route that is public as far as sessions go may have a credential of its own, which a guard of its own checks. */
export function ownSecurity(credential: NonNullable<AnswerOptions['credential']>): OperationSecurity {
  return { security: [{ [credential]: [] }], refusals: ['unauthenticated'], needs: '' };
}

export function securitySchemes(sessionCookie: string): Readonly<Record<string, SecurityScheme>> {
  return {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: sessionCookie,
      description:
        'The cookie that a sign-in sets. Requests that change something must come from a page of this service or of a listed origin.',
    },
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description:
        'An access token of AuthKit, a machine-to-machine token, or an API key, all of them of WorkOS.',
    },
    operatorToken: { type: 'http', scheme: 'bearer', description: 'What `OPERATOR_TOKEN` says.' },
  };
}
