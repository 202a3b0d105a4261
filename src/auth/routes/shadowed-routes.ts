/** What the order of routes is decided by. */
export interface PlacedRoute {
  readonly method: string;
  readonly path: string;
  readonly at: number;
  readonly scope: string;
}

export interface Shadow<Route> {
  readonly hidden: Route;
  /** The one that answers in its place. */
  readonly by: Route;
}

/**
 * Routes that no request reaches, because one that stands earlier matches all that they match. Two that only overlap are
 * not meant: `GET export` before `GET :id` is how one writes it, and Nest's own policy for shadows refuses that too.
 */
export function shadowedRoutes<Route extends PlacedRoute>(routes: readonly Route[]): Shadow<Route>[] {
  const placed = routes.toSorted((a, b) => a.at - b.at);
  return placed.flatMap((hidden, index) => {
    const by = placed
      .slice(0, index)
      .find(
        (earlier) =>
          earlier.scope === hidden.scope &&
          coversMethod(earlier, hidden) &&
          covers(earlier.path, hidden.path),
      );
    return by ? [{ hidden, by }] : [];
  });
}

/** Express answers HEAD by the route for GET. */
function coversMethod(earlier: PlacedRoute, later: PlacedRoute): boolean {
  return (
    earlier.method === 'ALL' ||
    earlier.method === later.method ||
    (earlier.method === 'GET' && later.method === 'HEAD')
  );
}

function covers(earlier: string, later: string): boolean {
  const wide = variantsOf(earlier).map(segmentsOf);
  return variantsOf(later)
    .map(segmentsOf)
    .every((narrow) => wide.some((segments) => coversSegments(segments, narrow)));
}

function coversSegments(wide: readonly string[], narrow: readonly string[]): boolean {
  const isOpen = wide.at(-1)?.startsWith('*') ?? false;
  const fixed = isOpen ? wide.slice(0, -1) : wide;
  // A wildcard stands for one segment or more.
  if (isOpen ? narrow.length <= fixed.length : narrow.length !== fixed.length) return false;
  return fixed.every((segment, index) => coversSegment(segment, narrow[index] ?? ''));
}

/** Names of parameters mean nothing here; a wildcard may be longer than anything else. */
function coversSegment(wide: string, narrow: string): boolean {
  if (/^:\w+$/.test(wide)) return !narrow.startsWith('*');
  return shapeOf(wide) === shapeOf(narrow);
}

/** Express compares letters without regard to case. */
function shapeOf(segment: string): string {
  return segment.replaceAll(/([:*])\w+/g, '$1').toLowerCase();
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** A path with each part in braces once left out and once there. */
function variantsOf(path: string): string[] {
  const group = /\{([^{}]*)\}/.exec(path);
  if (!group) return [path];
  return ['', group[1] ?? ''].flatMap((part) =>
    variantsOf(path.slice(0, group.index) + part + path.slice(group.index + group[0].length)),
  );
}
