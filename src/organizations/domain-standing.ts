import { isOwned } from './resolve-connection.js';
import type { DomainRefusal } from './routable-domains.js';

/** A domain as an administrator of its organization sees it. */
export interface DomainStanding {
  readonly id: string;
  readonly domain: string;
  /** `verified` alone routes. `conflict`: another organization has had it verified too; `refused`: see `reason`. */
  readonly state: 'verified' | 'pending' | 'failed' | 'conflict' | 'refused';
  readonly reason: DomainRefusal | null;
  /** Why the verification failed, as WorkOS names it; `null` in every other state, and where it was not said. */
  readonly failureReason: string | null;
}

interface StoredDomain {
  readonly id: string;
  readonly domain: string;
  readonly state: string;
  readonly failureReason: string | null;
}

/** `contested`: another organization owns the domain as well. Which one is nobody's business. */
export function domainStanding(
  { id, domain, state, failureReason }: StoredDomain,
  contested: boolean,
  refusal: DomainRefusal | null,
): DomainStanding {
  if (state === 'failed') return { id, domain, state, reason: null, failureReason };
  const told = { id, domain, reason: null, failureReason: null };
  if (!isOwned(state)) return { ...told, state: 'pending' };
  if (refusal !== null) return { ...told, state: 'refused', reason: refusal };
  return { ...told, state: contested ? 'conflict' : 'verified' };
}
