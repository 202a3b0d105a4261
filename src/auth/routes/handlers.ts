import { MetadataScanner, type ModulesContainer, type Reflector } from '@nestjs/core';
import { requirementsOf, writtenOn, type WrittenRequirements } from '../access/access-requirements.js';
import type { AccessRequirements } from '../access/decide-access.js';

/** A method that the guard stands before, with what it asks for and where that is written. */
export interface Handler extends AccessRequirements {
  readonly controller: new () => unknown;
  readonly handler: () => unknown;
  readonly handlerName: string;
  readonly onHandler: WrittenRequirements;
  readonly onController: WrittenRequirements;
}

/** Every method of a class, in the order in which Nest looks at them. */
export function handlersIn(controller: new () => unknown, reflector: Reflector): Handler[] {
  const prototype = controller.prototype as Record<string, (() => unknown) | undefined>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((handlerName) => {
    const handler = prototype[handlerName];
    if (!handler) return [];
    return [
      {
        ...requirementsOf(reflector, handler, controller),
        controller,
        handler,
        handlerName,
        onHandler: writtenOn(reflector, handler),
        onController: writtenOn(reflector, controller),
      },
    ];
  });
}

// By the names that @nestjs/websockets and @nestjs/graphql write: neither has to be installed.
const MESSAGE = 'websockets:message_mapping';
const OPERATION = 'graphql:resolver_type';
const FIELD = ['graphql:resolve_property', 'graphql:resolve_reference'];

export interface PathlessHandler extends Handler {
  /** Of GraphQL, below an operation: Nest puts guards there only where it is told to. */
  readonly isField: boolean;
}

/** What answers messages and GraphQL operations: methods of providers, which no path leads to. */
export function pathlessHandlers(modules: ModulesContainer, reflector: Reflector): PathlessHandler[] {
  const classes = new Set(
    [...modules.values()].flatMap(({ providers }) =>
      [...providers.values()].flatMap(({ metatype, inject }) =>
        typeof metatype === 'function' && !inject && isClass(metatype) ? [metatype] : [],
      ),
    ),
  );
  return [...classes].flatMap((provider) =>
    handlersIn(provider, reflector)
      .filter(({ handler }) => hasAny([MESSAGE, OPERATION, ...FIELD], handler))
      .map((found) => ({ ...found, isField: hasAny(FIELD, found.handler) })),
  );
}

function hasAny(names: readonly string[], handler: object): boolean {
  return names.some((name) => Reflect.hasMetadata(name, handler));
}

/** Whether every GraphQL server of the application puts guards before fields too. */
export function guardsFields(modules: ModulesContainer): boolean {
  const servers = [...modules.values()].flatMap(({ providers }) => {
    const options = providers.get('GqlModuleOptions')?.instance as GraphOptions | undefined;
    return options ? [options] : [];
  });
  return servers.every(({ fieldResolverEnhancers: enhancers }) => enhancers?.includes('guards') ?? false);
}

interface GraphOptions {
  readonly fieldResolverEnhancers?: readonly string[];
}

/** A factory is a function too, without methods. */
function isClass(value: unknown): value is new () => unknown {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;
}
