import { VersioningType, type RequestMethod, type VersioningOptions } from '@nestjs/common';
import { HOST_METADATA, MODULE_PATH, VERSION_METADATA } from '@nestjs/common/constants.js';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import { RouteSpecificitySorter } from '@nestjs/core/router/route-specificity-sorter.js';

/** Where a handler stands, one path of its class and one of its own at a time. */
export interface Written {
  readonly module: object;
  readonly controller: object;
  readonly handler: object;
  readonly method: RequestMethod;
  readonly base: string;
  readonly path: string;
}

/** Where Nest puts routes: behind the global prefix, their version and the path of their module, by its own arithmetic. */
export class RoutePlaces {
  private readonly paths: RoutePathFactory;
  private readonly versioning: VersioningOptions | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
  ) {
    this.paths = new RoutePathFactory(config);
    this.versioning = config.getVersioning();
  }

  /** One for each version that is part of an address. */
  pathsOf({ module, controller, handler, method, base, path }: Written): string[] {
    const modulePath = this.modulePathOf(module);
    const controllerVersion = versionOn(controller) ?? this.versioning?.defaultVersion;
    const methodVersion = versionOn(handler);
    return this.paths.create(
      {
        ctrlPath: slashed(base),
        methodPath: slashed(path),
        globalPrefix: slashed(this.config.getGlobalPrefix()),
        ...(modulePath === undefined ? {} : { modulePath }),
        ...(controllerVersion === undefined ? {} : { controllerVersion }),
        ...(methodVersion === undefined ? {} : { methodVersion }),
        ...(this.versioning ? { versioningOptions: this.versioning } : {}),
      },
      method,
    );
  }

  /** What its decorators alone say. */
  ownPathOf({ base, path }: Written): string {
    return this.paths.create({ ctrlPath: slashed(base), methodPath: slashed(path) })[0] ?? '/';
  }

  /** What beside its address leads to it: a host, a version that stands in a header. */
  scopeOf({ controller, handler }: Written): string {
    const { versioning } = this;
    const version =
      versioning && versioning.type !== VersioningType.URI
        ? (versionOn(handler) ?? versionOn(controller) ?? versioning.defaultVersion)
        : undefined;
    return [version, Reflect.getMetadata(HOST_METADATA, controller)]
      .flat()
      .map((part) => String(part ?? ''))
      .join(' ');
  }

  /** The order in which the server looks for a match: that of the code, unless the application chose another. */
  inOrder<Route extends { readonly path: string }>(routes: readonly Route[]): Route[] {
    if (this.config.getRouteResolutionStrategy() !== 'specificity') return [...routes];
    // It looks at paths alone.
    const sort = RouteSpecificitySorter.sort as unknown as (unsorted: readonly Route[]) => Route[];
    return sort(routes);
  }

  /** `RouterModule` leaves it for one application; in a process there may be several. */
  private modulePathOf(module: object): string | undefined {
    const ofApplication: unknown = Reflect.getMetadata(MODULE_PATH + this.modules.applicationId, module);
    return (ofApplication ?? Reflect.getMetadata(MODULE_PATH, module)) as string | undefined;
  }
}

function versionOn(target: object): VersionValue | undefined {
  return Reflect.getMetadata(VERSION_METADATA, target) as VersionValue | undefined;
}

type VersionValue = NonNullable<VersioningOptions['defaultVersion']>;

/** As Nest begins every part of a path. */
function slashed(part: string): string {
  return part === '' || part.startsWith('/') || part.startsWith('{/') ? part : `/${part}`;
}
