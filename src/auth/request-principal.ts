import type { Principal } from '../identity/principal.js';

const principals = new WeakMap<object, Principal>();

/** Only the guard sets it. Kept beside the request, not on it: no header, body or middleware can put one there. */
export function setPrincipal(request: object, principal: Principal): void {
  principals.set(request, principal);
}

export function principalOf(request: object): Principal | null {
  return principals.get(request) ?? null;
}
