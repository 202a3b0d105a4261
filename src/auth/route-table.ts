import { RequestMethod, type INestApplication } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { requirementsOf } from './access-requirements.js';
import type { AccessRequirements } from './decide-access.js';

export interface RouteAccess extends AccessRequirements {
  readonly method: string;
  readonly path: string;
}

/** Every route of the application with what it asks of a caller, sorted. Read from the same metadata as the guard. */
export function routeTable(app: INestApplication): RouteAccess[] {
  const reflector = app.get(Reflector);
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  const routes = controllers.flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const controller = metatype as new () => unknown;
    const prototype = controller.prototype as Record<string, () => unknown>;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      const paths: unknown = handler && Reflect.getMetadata(PATH_METADATA, handler);
      if (!handler || paths === undefined) return [];
      const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? 'ALL';
      const bases = list(Reflect.getMetadata(PATH_METADATA, controller));
      const requirements = requirementsOf(reflector, handler, controller);
      return bases.flatMap((base) =>
        list(paths).map((path) => ({ method, path: join(base, path), ...requirements })),
      );
    });
  });
  return routes.toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}

/** One line for each route: method, path, access. */
export function printRoutes(routes: readonly RouteAccess[]): string {
  const lines = routes.map(({ method, path, access, permissions, roles, resources }) => {
    const wants = [
      ...permissions.map((group) => `permission ${group.join(' or ')}`),
      ...roles.map((group) => `role ${group.join(' or ')}`),
      ...resources.map(({ permission, resource, param }) => `access ${permission} on ${resource} :${param}`),
    ];
    return `${method.padEnd(7)}${path.padEnd(31)} ${[access, ...wants].join(', ')}`;
  });
  return `${lines.join('\n')}\n`;
}

function list(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function join(base: string, path: string): string {
  return `/${[base, path]
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .filter((part) => part !== '')
    .join('/')}`;
}
