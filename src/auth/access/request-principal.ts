import type { Principal } from '../../identity/principal.js';

/** A symbol that nobody outside this file has: no header, body or middleware can put a principal on a request. */
const PRINCIPAL = Symbol('principal');

interface Admitted {
  [PRINCIPAL]?: Principal;
}

/** Only the guard sets it. */
export function setPrincipal(request: object, principal: Principal): void {
  (request as Admitted)[PRINCIPAL] = principal;
}

export function principalOf(request: object): Principal | null {
  return (request as Admitted)[PRINCIPAL] ?? null;
}
