import { HttpStatus, RequestMethod, type INestApplication } from '@nestjs/common';
import {
  GUARDS_METADATA,
  HOST_METADATA,
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js';
import { ModulesContainer, Reflector } from '@nestjs/core';
import type { AccessRequirements } from '../access/decide-access.js';
import { handlersIn, type Handler } from './handlers.js';
import { takesRawBody } from './takes-raw-body.js';
import { WEBHOOK } from './webhook.decorators.js';

export interface RouteAccess extends AccessRequirements {
  readonly method: string;
  readonly path: string;
}

/** A route, and where it comes from. */
export interface Route extends RouteAccess, Handler {
  readonly moduleName: string;
  /** What it answers with where the handler says nothing else. */
  readonly successStatus: number;
  /** False for a further path of the same handler. */
  readonly isFirstPath: boolean;
  /** Its place in the order in which the server looks for a match. */
  readonly at: number;
  /** Version and host: routes of different ones are not in each other's way. */
  readonly scope: string;
  /** Its handler wants the bytes of the body. */
  readonly isWebhook: boolean;
  /** Names of guards that stand before it alone, after the one of the whole application. */
  readonly guards: readonly string[];
}

/** Every route of the application with what it asks of a caller, sorted. */
export function routeTable(app: INestApplication): Route[] {
  return routesOf(app.get(ModulesContainer), app.get(Reflector));
}

/** The same, with the handlers. Read from the same metadata as the guard. */
export function routesOf(modules: ModulesContainer, reflector: Reflector): Route[] {
  const routes = [...modules.values()].flatMap(({ name: moduleName, controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) =>
      typeof metatype === 'function' ? routesIn(metatype, moduleName, reflector) : [],
    ),
  );
  return routes
    .map((route, at) => ({ ...route, at }))
    .toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}

type UnplacedRoute = Omit<Route, 'at'>;

function routesIn(metatype: object, moduleName: string, reflector: Reflector): UnplacedRoute[] {
  const controller = metatype as new () => unknown;
  const handlers = handlersIn(controller, reflector);
  return listOf(Reflect.getMetadata(PATH_METADATA, controller)).flatMap((base, baseIndex) =>
    handlers.flatMap((found) => {
      const { handler, handlerName } = found;
      const paths: unknown = Reflect.getMetadata(PATH_METADATA, handler);
      if (paths === undefined) return [];
      const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? 'ALL';
      return listOf(paths).map((path, index) => ({
        ...found,
        method,
        path: join(base, path),
        moduleName,
        successStatus: statusOf(handler, method),
        isFirstPath: baseIndex + index === 0,
        scope: scopeOf(controller, handler),
        isWebhook:
          reflector.getAllAndOverride(WEBHOOK, [handler, controller]) ||
          takesRawBody(controller, handlerName),
        guards: [controller, handler].flatMap(guardsOn),
      }));
    }),
  );
}

function statusOf(handler: () => unknown, method: string): number {
  const said: unknown = Reflect.getMetadata(HTTP_CODE_METADATA, handler);
  return typeof said === 'number' ? said : method === 'POST' ? HttpStatus.CREATED : HttpStatus.OK;
}

function scopeOf(controller: object, handler: object): string {
  const version: unknown =
    Reflect.getMetadata(VERSION_METADATA, handler) ?? Reflect.getMetadata(VERSION_METADATA, controller);
  return [version, Reflect.getMetadata(HOST_METADATA, controller)].map(String).join(' ');
}

function guardsOn(target: object): string[] {
  const guards = (Reflect.getMetadata(GUARDS_METADATA, target) ?? []) as readonly object[];
  return guards.map((guard) => (typeof guard === 'function' ? guard : guard.constructor).name);
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function join(base: string, path: string): string {
  return `/${[base, path]
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .filter((part) => part !== '')
    .join('/')}`;
}
