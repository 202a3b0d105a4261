/** What is known of an address that others go by. */
export interface AddressedRoute {
  readonly path: string;
  /** As its decorators say, without what the application puts before it. */
  readonly ownPath: string;
  readonly fixedFor: 'browser' | 'page' | 'console' | null;
}

/** Routes that no longer stand where browsers and pages go. What only the console asks may move where there is no console. */
export function movedAddresses<Route extends AddressedRoute>(routes: readonly Route[]): Route[] {
  const hasPages = routes.some(({ fixedFor }) => fixedFor === 'page');
  return routes.filter(
    ({ path, ownPath, fixedFor }) =>
      fixedFor !== null && path !== ownPath && (fixedFor !== 'console' || hasPages),
  );
}
