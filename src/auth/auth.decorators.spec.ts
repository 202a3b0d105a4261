import { Reflector } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { OptionalAuth, Public, RequirePermissions, requirementsOf, RequireRoles } from './auth.decorators.js';

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
    expect(requirements([])).toEqual({ access: 'signed-in', permissions: [], roles: [] });
  });

  it.each<[string, Decorate[], Decorate[], string]>([
    ['the handler is public', [Public()], [], 'public'],
    ['the class is public', [], [Public()], 'public'],
    ['the handler is optional', [OptionalAuth()], [], 'optional'],
    ['the handler is optional in a public class', [OptionalAuth()], [Public()], 'optional'],
    ['the handler is public in an optional class', [Public()], [OptionalAuth()], 'public'],
    ['the handler is public in a class that asks for a role', [Public()], [RequireRoles('admin')], 'public'],
    ['a handler of a public class asks for a permission', [RequirePermissions('a')], [Public()], 'signed-in'],
    ['a handler of an optional class asks for a role', [RequireRoles('a')], [OptionalAuth()], 'signed-in'],
    ['a handler is public and asks for a role', [Public(), RequireRoles('a')], [], 'signed-in'],
    ['a class is public and asks for a permission', [], [RequirePermissions('a'), Public()], 'signed-in'],
  ])('where %s', (_, onHandler, onClass, access) => {
    expect(requirements(onHandler, onClass).access).toBe(access);
  });

  it('are the permissions of the handler and those of its class', () => {
    const asked = requirements([RequirePermissions('a', 'b')], [RequirePermissions('c')]);
    expect(asked.permissions).toEqual(['a', 'b', 'c']);
  });

  it('is a role of the handler and one of its class: neither takes the place of the other', () => {
    expect(requirements([RequireRoles('a', 'b')], [RequireRoles('c')]).roles).toEqual([['a', 'b'], ['c']]);
    expect(requirements([], [RequireRoles('c')]).roles).toEqual([['c']]);
  });
});

describe.each([
  ['RequireRoles', RequireRoles],
  ['RequirePermissions', RequirePermissions],
])('@%s()', (name, decorator) => {
  it.each([[[]], [['']], [[' ']], [['admin', '']]])(
    'throws where it is written with %j',
    (names: string[]) => {
      expect(() => decorator(...names)).toThrow(TypeError);
      expect(() => decorator(...names)).toThrow(`@${name}()`);
    },
  );
});
