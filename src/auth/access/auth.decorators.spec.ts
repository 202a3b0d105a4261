import { Reflector } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import {
  AllowImpersonation,
  OptionalAuth,
  Public,
  RequireAccess,
  RequirePermissions,
  RequirePrincipal,
  RequireRecentAuth,
  RequireRoles,
} from './auth.decorators.js';
import { requirementsOf } from './access-requirements.js';
import { CurrentOrganization, CurrentPrincipal, CurrentUser } from './principal.decorators.js';

type Decorate = MethodDecorator & ClassDecorator;

/** What the guard reads of a handler and its class that carry these decorators. */
function requirements(onHandler: Decorate[], onClass: Decorate[] = []) {
  class Controller {
    handle() {}
  }
  const handler = Object.getOwnPropertyDescriptor(Controller.prototype, 'handle');
  if (!handler) throw new Error('no handler');
  for (const decorate of onHandler) decorate(Controller.prototype, 'handle', handler);
  for (const decorate of onClass) decorate(Controller);
  return requirementsOf(new Reflector(), handler.value as () => unknown, Controller);
}

describe('what a route asks for', () => {
  it('is a sign-in, where nothing is said', () => {
    expect(requirements([])).toEqual({
      access: 'signed-in',
      principals: ['user', 'machine', 'apiKey'],
      permissions: [],
      roles: [],
      recentAuth: null,
      allowsImpersonation: false,
      organizationParam: null,
      needsOrganization: false,
      resources: [],
    });
  });

  it.each<[string, Decorate[], Decorate[], string]>([
    ['the handler is public', [Public()], [], 'public'],
    ['the class is public', [], [Public()], 'public'],
    ['the handler is optional', [OptionalAuth()], [], 'optional'],
    ['the handler is optional in a public class', [OptionalAuth()], [Public()], 'optional'],
    ['the handler is public in an optional class', [Public()], [OptionalAuth()], 'public'],
    ['the handler is public in a class that asks for a role', [Public()], [RequireRoles('admin')], 'public'],
    [
      'a handler of a public class asks for a permission',
      [RequirePermissions('audit:read')],
      [Public()],
      'signed-in',
    ],
    ['a handler of an optional class asks for a role', [RequireRoles('a')], [OptionalAuth()], 'signed-in'],
    ['a handler is public and asks for a role', [Public(), RequireRoles('a')], [], 'signed-in'],
    [
      'a class is public and asks for a permission',
      [],
      [RequirePermissions('audit:read'), Public()],
      'signed-in',
    ],
  ])('where %s', (_, onHandler, onClass, access) => {
    expect(requirements(onHandler, onClass).access).toBe(access);
  });

  it.each([
    ['takes the person', CurrentUser, { principals: ['user'], needsOrganization: false }],
    [
      'takes the organization',
      CurrentOrganization,
      { principals: ['user', 'machine', 'apiKey'], needsOrganization: true },
    ],
    [
      'takes whoever calls',
      CurrentPrincipal,
      { principals: ['user', 'machine', 'apiKey'], needsOrganization: false },
    ],
  ])('is who can fill its parameters, where it %s', (_, taking, expected) => {
    const parameter: Decorate = (target: object) => taking()(target, 'handle', 0);
    expect(requirements([parameter])).toMatchObject({ access: 'signed-in', ...expected });
    expect(requirements([parameter], [Public()]).access).toBe('public');
  });

  it('are the permissions of the handler and those of its class', () => {
    const asked = requirements(
      [RequirePermissions('audit:read', 'members:read')],
      [RequirePermissions.any('invoices:read', 'invoices:write')],
    );
    expect(asked.permissions).toEqual([
      ['audit:read'],
      ['members:read'],
      ['invoices:read', 'invoices:write'],
    ]);
  });

  it('is a role of the handler and one of its class: neither takes the place of the other', () => {
    expect(requirements([RequireRoles('a', 'b')], [RequireRoles('c')]).roles).toEqual([['a', 'b'], ['c']]);
    expect(requirements([], [RequireRoles('c')]).roles).toEqual([['c']]);
    expect(requirements([RequireRoles.all('a', 'b')]).roles).toEqual([['a'], ['b']]);
  });

  it('are the callers that both the handler and its class accept', () => {
    const [people, keys] = [RequirePrincipal('user', 'machine'), RequirePrincipal('machine', 'apiKey')];
    expect(requirements([people]).principals).toEqual(['user', 'machine']);
    expect(requirements([], [keys]).principals).toEqual(['machine', 'apiKey']);
    expect(requirements([people], [keys]).principals).toEqual(['machine']);
  });

  it('are all that stand in one place, or are inherited: none takes the place of another', () => {
    const two = requirements([
      RequirePermissions.any('invoices:read', 'audit:read'),
      RequirePermissions('members:read'),
    ]);
    expect(two.permissions).toHaveLength(2);
    expect(two.permissions).toEqual(
      expect.arrayContaining([['invoices:read', 'audit:read'], ['members:read']]),
    );
    const { roles: groups } = requirements([RequireRoles('a'), RequireRoles('b')]);
    expect(groups).toHaveLength(2);
    expect(groups).toEqual(expect.arrayContaining([['a'], ['b']]));
    expect(
      requirements([RequirePrincipal('user', 'machine'), RequirePrincipal('machine')]).principals,
    ).toEqual(['machine']);
    expect(requirements([RequireRecentAuth(60), RequireRecentAuth(600)]).recentAuth).toBe(60);

    @RequireRoles('admin')
    class Base {}
    @RequireRoles('auditor')
    class Special extends Base {}
    const roles = (of: new () => unknown) => requirementsOf(new Reflector(), () => undefined, of).roles;
    expect(roles(Special)).toEqual([['admin'], ['auditor']]);
    expect(roles(Base)).toEqual([['admin']]);
  });

  it('is the more recent of two proofs', () => {
    expect(requirements([RequireRecentAuth(600)], [RequireRecentAuth(60)]).recentAuth).toBe(60);
    expect(requirements([RequireRecentAuth(60)], [RequireRecentAuth(600)]).recentAuth).toBe(60);
  });

  it('lets somebody who acts as another person write, where the handler or its class says so', () => {
    expect(requirements([AllowImpersonation()]).allowsImpersonation).toBe(true);
    expect(requirements([], [AllowImpersonation()]).allowsImpersonation).toBe(true);
  });
});

describe('@RequireRecentAuth()', () => {
  it.each([0, -1, 1.5, Number.NaN, Infinity])('throws where it is written with %p', (seconds) => {
    expect(() => RequireRecentAuth(seconds)).toThrow(TypeError);
  });
});

describe.each<[string, (...names: never[]) => unknown]>([
  ['RequireRoles', RequireRoles],
  ['RequireRoles.all', RequireRoles.all],
  ['RequirePermissions', RequirePermissions],
  ['RequirePermissions.any', RequirePermissions.any],
  ['RequirePrincipal', RequirePrincipal],
])('@%s()', (name, decorator) => {
  it.each([[[]], [['']], [[' ']], [['admin', '']]])('throws where it is written with %j', (names) => {
    expect(() => decorator(...(names as never[]))).toThrow(TypeError);
    expect(() => decorator(...(names as never[]))).toThrow(`@${name}()`);
  });
});

describe('a permission that is misspelt', () => {
  // `npm test` checks types: a line below that compiles without its mark is an error there.
  it('does not compile', () => {
    const document = { resource: 'document', param: 'id' };
    expect([
      // @ts-expect-error it is called invoices:read
      RequirePermissions('invoices:raed'),
      // @ts-expect-error one of several is
      RequirePermissions('invoices:read', 'invoice:write'),
      // @ts-expect-error of these too
      RequirePermissions.any('audit:read', 'audit.read'),
      // @ts-expect-error on a single resource
      RequireAccess('document:edit', document),
    ]).toHaveLength(4);
    expect(RequireAccess('invoices:read', document)).toBeInstanceOf(Function);
  });
});
