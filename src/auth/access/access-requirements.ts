import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import { Reflector, type ReflectableDecorator } from '@nestjs/core';
import type { PrincipalKind } from '../../identity/principal.js';
import { EVERY_KIND, type AccessRequirements, type ResourceRequirement } from './decide-access.js';

type Target = object;

const ACCESS = 'gatehouse:access';
const FENCE = 'gatehouse:organization-param';

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

/** What stands on a handler or on a class alone. */
export interface WrittenRequirements extends Omit<AccessRequirements, 'access' | 'principals'> {
  readonly access: 'public' | 'optional' | undefined;
  readonly principals: readonly PrincipalKind[] | null;
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

/**
 * What a handler asks for: its own word on access before its class's, requirements of both together. To ask for anything
 * is such a word: on a `@Public()` class it would otherwise be read by nobody.
 */
export function requirementsOf(
  reflector: Reflector,
  handler: Target,
  controller: Target,
): AccessRequirements {
  const both = [writtenOn(reflector, handler), writtenOn(reflector, controller)];
  const access = both.map((written) => (asks(written) ? 'signed-in' : written.access));
  const recent = both.flatMap(({ recentAuth }) => (recentAuth === null ? [] : [recentAuth]));
  return {
    access: access.find((word) => word !== undefined) ?? 'signed-in',
    principals: EVERY_KIND.filter((kind) =>
      both.every(({ principals }) => principals === null || principals.includes(kind)),
    ),
    permissions: both.flatMap(({ permissions }) => permissions),
    roles: both.flatMap(({ roles }) => roles),
    recentAuth: recent.length === 0 ? null : Math.min(...recent),
    allowsImpersonation: both.some(({ allowsImpersonation }) => allowsImpersonation),
    organizationParam: both[0]?.organizationParam ?? null,
    resources: both.flatMap(({ resources }) => resources),
  };
}
