import { HttpStatus, RequestMethod, type INestApplication } from '@nestjs/common';
import {
  GUARDS_METADATA,
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
} from '@nestjs/common/constants.js';
import { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';
import type { AccessRequirements } from '../access/decide-access.js';
import { FixedAddress } from './fixed-address.decorator.js';
import { handlersIn, type Handler } from './handlers.js';
import type { AddressedRoute } from './moved-addresses.js';
import { RoutePlaces } from './route-places.js';
import { takesRawBody } from './takes-raw-body.js';
import { WEBHOOK } from './webhook.decorators.js';

export interface RouteAccess extends AccessRequirements {
  readonly method: string;
  /** The whole of it, as the server matches it. */
  readonly path: string;
}

/** A route, and where it comes from. */
export interface Route extends RouteAccess, Handler, AddressedRoute {
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
  return routesOf(app.get(ModulesContainer), app.get(Reflector), app.get(ApplicationConfig));
}

/**
 * The same, with the handlers. Read from the same metadata as the guard; addresses are those of Nest, as far as the
 * application has said by then what stands before them.
 */
export function routesOf(
  modules: ModulesContainer,
  reflector: Reflector,
  config: ApplicationConfig,
): Route[] {
  const places = new RoutePlaces(modules, config);
  const routes = [...modules.values()].flatMap(({ name: moduleName, metatype: module, controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) =>
      typeof metatype === 'function'
        ? routesIn(metatype, { name: moduleName, module }, reflector, places)
        : [],
    ),
  );
  return places
    .inOrder(routes)
    .map((route, at) => ({ ...route, at }))
    .toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}

type UnplacedRoute = Omit<Route, 'at'>;

function routesIn(
  metatype: object,
  { name: moduleName, module }: { readonly name: string; readonly module: object },
  reflector: Reflector,
  places: RoutePlaces,
): UnplacedRoute[] {
  const controller = metatype as new () => unknown;
  const handlers = handlersIn(controller, reflector);
  return listOf(Reflect.getMetadata(PATH_METADATA, controller)).flatMap((base, baseIndex) =>
    handlers.flatMap((found) => {
      const { handler, handlerName } = found;
      const paths: unknown = Reflect.getMetadata(PATH_METADATA, handler);
      if (paths === undefined) return [];
      const requestMethod = Number(Reflect.getMetadata(METHOD_METADATA, handler)) as RequestMethod;
      const method = RequestMethod[requestMethod] ?? 'ALL';
      return listOf(paths).flatMap((path, index) => {
        const written = { module, controller, handler, method: requestMethod, base, path };
        return places.pathsOf(written).map((placed, placeIndex) => ({
          ...found,
          method,
          path: placed,
          ownPath: places.ownPathOf(written),
          fixedFor: reflector.get(FixedAddress, controller) ?? null,
          moduleName,
          successStatus: statusOf(handler, method),
          isFirstPath: baseIndex + index + placeIndex === 0,
          scope: places.scopeOf(written),
          isWebhook:
            reflector.getAllAndOverride(WEBHOOK, [handler, controller]) ||
            takesRawBody(controller, handlerName),
          guards: [controller, handler].flatMap(guardsOn),
        }));
      });
    }),
  );
}

function statusOf(handler: () => unknown, method: string): number {
  const said: unknown = Reflect.getMetadata(HTTP_CODE_METADATA, handler);
  return typeof said === 'number' ? said : method === 'POST' ? HttpStatus.CREATED : HttpStatus.OK;
}

function guardsOn(target: object): string[] {
  const guards = (Reflect.getMetadata(GUARDS_METADATA, target) ?? []) as readonly object[];
  return guards.map((guard) => (typeof guard === 'function' ? guard : guard.constructor).name);
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
