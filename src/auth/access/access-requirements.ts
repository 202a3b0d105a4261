import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import { Reflector, type ReflectableDecorator } from '@nestjs/core';
import type { PrincipalKind } from '../../identity/principal.js';
import { EVERY_KIND, type AccessRequirements, type ResourceRequirement } from './decide-access.js';

type Target = object;

const ACCESS = 'gatehouse:access';
const FENCE = 'gatehouse:organization-param';
const TAKEN = 'gatehouse:taken';

/** Where decorators leave what they ask for, and what the guard, the route table and the API document read. */
export const REQUIRED = {
  roles: Reflector.createDecorator<readonly (readonly string[])[]>(),
  permissions: Reflector.createDecorator<readonly (readonly string[])[]>(),
  principals: Reflector.createDecorator<readonly PrincipalKind[]>(),
  recentAuth: Reflector.createDecorator<number>(),
  resources: Reflector.createDecorator<readonly ResourceRequirement[]>(),
  impersonation: Reflector.createDecorator<boolean>(),
} as const;

/**
 * A decorator that adds to what stands in the same place, and to what a class inherits: two of a kind are both asked for, and
 * neither silently takes the place of the other.
 */
export function asking<Value>(
  requirement: ReflectableDecorator<Value>,
  value: Value,
  combine: (standing: Value, added: Value) => Value,
): MethodDecorator & ClassDecorator {
  return (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const on = descriptor === undefined ? target : (descriptor.value as object);
    const standing = Reflect.getMetadata(requirement.KEY, on) as Value | undefined;
    Reflect.defineMetadata(requirement.KEY, standing === undefined ? value : combine(standing, value), on);
  };
}

export function setAccess(access: 'public' | 'optional'): CustomDecorator {
  return SetMetadata(ACCESS, access);
}

export function setOrganizationParam(handler: Target, name: string): void {
  Reflect.defineMetadata(FENCE, name, handler);
}

/** What a parameter of a handler is filled with, by the decorator that says so. */
export type TakenParameter =
  | '@CurrentUser()'
  | '@CurrentSession()'
  | '@BrowserSession()'
  | '@CurrentOrganization()'
  | '@CurrentPrincipal()';

export function noteTaken(handler: Target, parameter: TakenParameter): void {
  Reflect.defineMetadata(TAKEN, [...takenBy(handler), parameter], handler);
}

function takenBy(handler: Target): readonly TakenParameter[] {
  return (Reflect.getOwnMetadata(TAKEN, handler) as readonly TakenParameter[] | undefined) ?? [];
}

/** What stands on a handler or on a class alone. */
export interface WrittenRequirements extends Omit<
  AccessRequirements,
  'access' | 'principals' | 'needsOrganization'
> {
  readonly access: 'public' | 'optional' | undefined;
  readonly principals: readonly PrincipalKind[] | null;
  readonly taken: readonly TakenParameter[];
}

export function writtenOn(reflector: Reflector, target: Target): WrittenRequirements {
  const on = target as () => unknown;
  return {
    access: reflector.get<'public' | 'optional' | undefined>(ACCESS, on),
    roles: reflector.get(REQUIRED.roles, on) ?? [],
    permissions: reflector.get(REQUIRED.permissions, on) ?? [],
    resources: reflector.get(REQUIRED.resources, on) ?? [],
    principals: reflector.get(REQUIRED.principals, on) ?? null,
    recentAuth: reflector.get(REQUIRED.recentAuth, on) ?? null,
    allowsImpersonation: reflector.get(REQUIRED.impersonation, on) ?? false,
    organizationParam: (Reflect.getMetadata(FENCE, target) as string | undefined) ?? null,
    taken: takenBy(target),
  };
}

/** Whether a handler or a class asks for anything that only a known caller can have. */
export function asks(written: WrittenRequirements): boolean {
  return (
    written.roles.length > 0 ||
    written.permissions.length > 0 ||
    written.resources.length > 0 ||
    written.principals !== null ||
    written.recentAuth !== null ||
    written.organizationParam !== null
  );
}

/** Parameters that no other kind of caller can fill. */
const OF_PEOPLE: readonly TakenParameter[] = ['@CurrentUser()', '@CurrentSession()'];

/** Who may call, as far as decorators of handler and class say it, those of parameters left out. */
export function namedKinds(written: readonly WrittenRequirements[]): readonly PrincipalKind[] {
  return EVERY_KIND.filter((kind) =>
    written.every(({ principals }) => principals === null || principals.includes(kind)),
  );
}

/** Parameters of a handler that only a person fills. */
export function takenOfPeople({ taken }: WrittenRequirements): readonly TakenParameter[] {
  return taken.filter((parameter) => OF_PEOPLE.includes(parameter));
}

/**
 * What a handler asks for: its own word on access before its class's, requirements of both together. To ask for anything
 * is such a word: on a `@Public()` class it would otherwise be read by nobody. What a parameter is filled with is asked for
 * too, and is no such word: it may be `null` where the route is open.
 */
export function requirementsOf(
  reflector: Reflector,
  handler: Target,
  controller: Target,
): AccessRequirements {
  const onHandler = writtenOn(reflector, handler);
  const both = [onHandler, writtenOn(reflector, controller)];
  const access = both.map((written) => (asks(written) ? 'signed-in' : written.access));
  const recent = both.flatMap(({ recentAuth }) => (recentAuth === null ? [] : [recentAuth]));
  return {
    access: access.find((word) => word !== undefined) ?? 'signed-in',
    principals: namedKinds(both).filter((kind) => kind === 'user' || takenOfPeople(onHandler).length === 0),
    needsOrganization: onHandler.taken.includes('@CurrentOrganization()'),
    permissions: both.flatMap(({ permissions }) => permissions),
    roles: both.flatMap(({ roles }) => roles),
    recentAuth: recent.length === 0 ? null : Math.min(...recent),
    allowsImpersonation: both.some(({ allowsImpersonation }) => allowsImpersonation),
    organizationParam: onHandler.organizationParam,
    resources: both.flatMap(({ resources }) => resources),
  };
}
