import { createRequire } from 'node:module';
import { getPublicSuffix } from 'tldts';
import { canonicalDomain } from '../identity/email-domain.js';

/** A list of names and nothing else (its CommonJS form: JSON cannot be imported on every runtime yet). */
const freeMailDomains = createRequire(import.meta.url)('free-email-domains') as readonly string[];

export type DomainRefusal = 'public_suffix' | 'free_mail';

/**
 * Which domains may stand for a company. Two kinds never do, whoever has had them verified: those under which anybody can
 * register a name, and those at which anybody can have an address. Whoever owned `gmail.com` here would be sent the people
 * of every other company that uses it.
 */
export class RoutableDomains {
  private readonly freeMail: ReadonlySet<string>;

  /** @param more free-mail domains that the list does not know, as operators write them */
  constructor(more: readonly string[] = []) {
    const own = more.map(canonicalDomain).filter((domain) => domain !== null);
    this.freeMail = new Set([...freeMailDomains, ...own]);
  }

  /** Why a domain in canonical form routes nowhere; `null` where nothing speaks against it. */
  refusalOf(domain: string): DomainRefusal | null {
    if (this.freeMail.has(domain)) return 'free_mail';
    // The private section too (`github.io`): there as well strangers share a parent.
    return getPublicSuffix(domain, { allowPrivateDomains: true }) === domain ? 'public_suffix' : null;
  }
}
