import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { Observable } from 'rxjs';

/**
 * A guard that stands only before controllers, resolvers and gateways whose module imports another one: what is left of the global guard where an
 * application switched it off. Gatehouse's own controllers are never without it.
 */
export class ImportersGuard implements CanActivate {
  private guarded: ReadonlySet<object> | undefined;

  constructor(
    readonly guard: CanActivate,
    private readonly imported: object,
    private readonly modules: ModulesContainer,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> | Observable<boolean> {
    return this.standsBefore(context.getClass()) ? this.guard.canActivate(context) : true;
  }

  standsBefore(controller: object): boolean {
    this.guarded ??= this.controllers();
    return this.guarded.has(controller);
  }

  private controllers(): ReadonlySet<object> {
    const importers = [...this.modules.values()].filter(({ imports }) =>
      [...imports].some(({ metatype }) => metatype === this.imported),
    );
    return new Set(
      importers.flatMap(({ controllers, providers }) =>
        [...controllers.values(), ...providers.values()].flatMap(({ metatype }) =>
          metatype ? [metatype] : [],
        ),
      ),
    );
  }
}
