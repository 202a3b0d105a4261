import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ProblemError } from '../../common/problem-error.js';
import type { Organization, Principal, Session, User, UserPrincipal } from '../../identity/principal.js';
import { noteTaken, setOrganizationParam, type TakenParameter } from './access-requirements.js';
import { callOf } from './call.js';
import { principalOf } from './request-principal.js';

/**
 * The signed-in person; `null` on an `@OptionalAuth()` route without one. Does not accept a machine or an API key: they
 * get 403 `principal_not_accepted`. Does not load anything: it is what the session knows.
 *
 * @example
 * ```ts
 * list(@CurrentUser() user: User) {}
 * ```
 */
export const CurrentUser = taking(
  '@CurrentUser()',
  (context): User | null => personIn(context)?.user ?? null,
);

/**
 * The organization of the caller. Does not accept a person without one: on a route that needs a sign-in they get 403
 * `organization_required`, so that no query runs without a tenant.
 *
 * @example
 * ```ts
 * list(@CurrentOrganization() organization: Organization) {}
 * ```
 */
export const CurrentOrganization = taking('@CurrentOrganization()', organizationIn);

/**
 * The session itself: when and how it began, when it ends. Does not hold its token, which nobody needs; does not accept a
 * machine or an API key, which have none.
 *
 * @example
 * ```ts
 * about(@CurrentSession() session: Session) {}
 * ```
 */
export const CurrentSession = taking(
  '@CurrentSession()',
  (context): Session | null => personIn(context)?.session ?? null,
);

/**
 * Whoever calls: a person, a machine or an API key, with organization, roles and permissions. `kind` tells which. Does not
 * decide anything by itself.
 *
 * @example
 * ```ts
 * me(@CurrentPrincipal() principal: Principal) {}
 * ```
 */
export const CurrentPrincipal = taking('@CurrentPrincipal()', principalIn);

/**
 * The session that this browser has, or `null`: a token in a header is nobody's browser. For the routes that begin and end
 * sessions.
 */
export const BrowserSession = taking('@BrowserSession()', (context): UserPrincipal | null => {
  const principal = principalIn(context);
  return principal?.kind === 'user' && principal.credential === 'session' ? principal : null;
});

const OwnOrganization = createParamDecorator((_: unknown, context: ExecutionContext): Organization | null =>
  organizationIn(context),
);

/**
 * The tenant fence: the organization that a parameter of the path names, which must be the caller's own; any other is 404,
 * as if it were not there. Does not look into the query or the body.
 *
 * @example
 * ```ts
 * @Get(':organizationId/reports')
 * list(@OrganizationParam() organization: Organization) {}
 * ```
 * @param name of the parameter
 */
export function OrganizationParam(name = 'organizationId'): ParameterDecorator {
  return (target, key, index) => {
    setOrganizationParam(handlerAt('@OrganizationParam()', target, key), name);
    OwnOrganization()(target, key, index);
  };
}

/** A decorator of parameters that tells the guard, the audit and the API document what it takes. */
function taking(
  name: TakenParameter,
  read: (context: ExecutionContext) => unknown,
): ReturnType<typeof createParamDecorator> {
  const decorate = createParamDecorator((_: unknown, context: ExecutionContext) => read(context));
  return (...pipes) =>
    (target, key, index) => {
      noteTaken(handlerAt(name, target, key), name);
      decorate(...pipes)(target, key, index);
    };
}

function handlerAt(name: string, target: object, key: string | symbol | undefined): object {
  const handler: unknown = key === undefined ? undefined : Reflect.get(target, key);
  if (typeof handler !== 'function') throw new TypeError(`${name} belongs to a parameter of a handler.`);
  return handler;
}

function personIn(context: ExecutionContext): UserPrincipal | null {
  const principal = principalIn(context);
  if (principal && principal.kind !== 'user') throw new ProblemError('principal_not_accepted');
  return principal;
}

function organizationIn(context: ExecutionContext): Organization | null {
  const principal = principalIn(context);
  if (principal && !principal.organization) throw new ProblemError('organization_required');
  return principal?.organization ?? null;
}

function principalIn(context: ExecutionContext): Principal | null {
  return principalOf(callOf(context).carrier);
}
