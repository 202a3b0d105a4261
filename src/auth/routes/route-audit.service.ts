import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer, Reflector } from '@nestjs/core';
import { keepsRawBodies } from '../../common/raw-bodies.js';
import { auditRoutes, describeProblems, type RouteProblem } from './audit-routes.js';
import { guardsFields, pathlessHandlers } from './handlers.js';
import { ImportersGuard } from '../access/importers.guard.js';
import { routesOf } from './route-table.js';
import { SessionGuard } from '../access/session.guard.js';

/** An application whose routes contradict themselves, or are open where nobody meant it. */
export class UnsafeRoutesError extends Error {
  override readonly name = 'UnsafeRoutesError';

  constructor(readonly problems: readonly RouteProblem[]) {
    super(describeProblems(problems));
  }
}

/**
 * Looks at every route before the first request can come. What is written wrong about access is found here, by whoever
 * wrote it, and not by whoever calls.
 */
@Injectable()
export class RouteAudit implements OnModuleInit {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly reflector: Reflector,
    private readonly nest: ApplicationConfig,
    private readonly host: HttpAdapterHost,
  ) {}

  /** @throws {UnsafeRoutesError} with all that is wrong */
  onModuleInit(): void {
    const guards = this.guards();
    const standBefore = (controller: object) =>
      guards.some((guard) => !(guard instanceof ImportersGuard) || guard.standsBefore(controller));
    const beforeFields = guardsFields(this.modules);
    const problems = auditRoutes({
      routes: routesOf(this.modules, this.reflector, this.nest).map((route) => ({
        ...route,
        isGuarded: standBefore(route.controller),
      })),
      handlers: pathlessHandlers(this.modules, this.reflector).map((method) => ({
        ...method,
        isGuarded: standBefore(method.controller) && (!method.isField || beforeFields),
      })),
      hasGuard: guards.length > 0,
      keepsRawBodies: this.keepsRawBodies(),
    });
    if (problems.length > 0) throw new UnsafeRoutesError(problems);
  }

  /** `APP_GUARD` becomes a provider of its module, marked as a guard. */
  private guards(): (SessionGuard | ImportersGuard)[] {
    return [...this.modules.values()].flatMap(({ providers }) =>
      [...providers.values()].flatMap(({ subtype, instance }: { subtype?: string; instance: unknown }) =>
        subtype === 'guard' && isSessionGuard(instance) ? [instance] : [],
      ),
    );
  }

  private keepsRawBodies(): boolean | null {
    // A command line's application context has no server at all, whatever the type says.
    const adapter = this.host.httpAdapter as typeof this.host.httpAdapter | null | undefined;
    const server = adapter?.getInstance() as object | undefined;
    return server ? keepsRawBodies(server) : null;
  }
}

function isSessionGuard(instance: unknown): instance is SessionGuard | ImportersGuard {
  return (
    instance instanceof SessionGuard ||
    (instance instanceof ImportersGuard && instance.guard instanceof SessionGuard)
  );
}
