import { isOwned } from './resolve-connection.js';
import type { DomainRefusal } from './routable-domains.js';

/** A domain as an administrator of its organization sees it. */
export interface DomainStanding {
  readonly id: string;
  readonly domain: string;
  /** `verified` alone routes. `conflict`: another organization has had it verified too; `refused`: see `reason`. */
  readonly state: 'verified' | 'pending' | 'failed' | 'conflict' | 'refused';
  readonly reason: DomainRefusal | null;
}

/** `contested`: another organization owns the domain as well. Which one is nobody's business. */
export function domainStanding(
  { id, domain, state }: { readonly id: string; readonly domain: string; readonly state: string },
  contested: boolean,
  refusal: DomainRefusal | null,
): DomainStanding {
  const told = isOwned(state) ? 'verified' : state === 'failed' ? 'failed' : 'pending';
  if (told !== 'verified') return { id, domain, state: told, reason: null };
  if (refusal !== null) return { id, domain, state: 'refused', reason: refusal };
  return { id, domain, state: contested ? 'conflict' : 'verified', reason: null };
}
