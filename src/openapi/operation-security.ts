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

const SIGNED_IN: Security = [{ session: [] }, { bearer: [] }];

/** What the guard's own metadata means to a caller: the one place that translates it. */
export function operationSecurity({ access, permissions, roles }: AccessRequirements): OperationSecurity {
  if (access === 'public') return { security: [], refusals: [], needs: '' };
  if (access === 'optional') return { security: [...SIGNED_IN, {}], refusals: [], needs: '' };
  const refusals: ProblemCode[] = ['unauthenticated'];
  if (roles.length > 0) refusals.push('missing_role');
  if (permissions.length > 0) refusals.push('missing_permission');
  const needs = [
    ...permissions.map((name) => `Needs the permission \`${name}\`.`),
    ...roles.map((group) => `Needs the role ${group.map((name) => `\`${name}\``).join(' or ')}.`),
  ];
  return { security: SIGNED_IN, refusals, needs: needs.join(' ') };
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
    bearer: { type: 'http', scheme: 'bearer', description: 'For callers that are no browser.' },
    operatorToken: { type: 'http', scheme: 'bearer', description: 'What `OPERATOR_TOKEN` says.' },
  };
}
