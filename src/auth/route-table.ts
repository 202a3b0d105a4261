import { HttpStatus, RequestMethod, type INestApplication } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { requirementsOf } from './access-requirements.js';
import type { AccessRequirements } from './decide-access.js';

export interface RouteAccess extends AccessRequirements {
  readonly method: string;
  readonly path: string;
}

/** A route, and where it comes from. */
export interface Route extends RouteAccess {
  readonly moduleName: string;
  readonly controller: new () => unknown;
  readonly handler: () => unknown;
  readonly handlerName: string;
  /** What it answers with where the handler says nothing else. */
  readonly successStatus: number;
  /** False for a further path of the same handler. */
  readonly isFirstPath: boolean;
}

/** Every route of the application with what it asks of a caller, sorted. Read from the same metadata as the guard. */
export function routeTable(app: INestApplication): RouteAccess[] {
  return routesOf(app.get(ModulesContainer), app.get(Reflector));
}

/** The same, with the handlers. */
export function routesOf(modules: ModulesContainer, reflector: Reflector): Route[] {
  const scanner = new MetadataScanner();
  const controllers = [...modules.values()].flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => ({ metatype, moduleName: module.name })),
  );
  const routes = controllers.flatMap(({ metatype, moduleName }) => {
    if (typeof metatype !== 'function') return [];
    const controller = metatype as new () => unknown;
    const prototype = controller.prototype as Record<string, () => unknown>;
    return scanner.getAllMethodNames(prototype).flatMap((handlerName) => {
      const handler = prototype[handlerName];
      const paths: unknown = handler && Reflect.getMetadata(PATH_METADATA, handler);
      if (!handler || paths === undefined) return [];
      const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? 'ALL';
      const bases = list(Reflect.getMetadata(PATH_METADATA, controller));
      const requirements = requirementsOf(reflector, handler, controller);
      const successStatus = statusOf(handler, method);
      return bases
        .flatMap((base) => list(paths).map((path) => join(base, path)))
        .map((path, index) => ({
          method,
          path,
          ...requirements,
          moduleName,
          controller,
          handler,
          handlerName,
          successStatus,
          isFirstPath: index === 0,
        }));
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

function statusOf(handler: () => unknown, method: string): number {
  const said: unknown = Reflect.getMetadata(HTTP_CODE_METADATA, handler);
  return typeof said === 'number' ? said : method === 'POST' ? HttpStatus.CREATED : HttpStatus.OK;
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
