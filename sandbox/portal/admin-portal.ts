import type { SandboxClock } from '../clock.js';
import { opaqueToken } from '../ids.js';

export const INTENTS = [
  'sso',
  'dsync',
  'audit_logs',
  'log_streams',
  'domain_verification',
  'certificate_renewal',
  'bring_your_own_key',
] as const;

/** WorkOS's own: a link that waits longer in an inbox is worth nothing. */
const LINK_SECONDS = 300;
const SESSION_SECONDS = 3600;

/** What an administrator of one organization has come to do, and where they go afterwards. */
export interface PortalVisit {
  organizationId: string;
  intent: (typeof INTENTS)[number];
  returnUrl: string | null;
  successUrl: string | null;
  /** The domain that the page for a new one already names. */
  domainName: string | null;
}

interface Link {
  visit: PortalVisit;
  expiresAt: Date;
  used: boolean;
}

/** Links into the Admin Portal, each good for one browser, and the sessions that they start. */
export class AdminPortal {
  readonly #links = new Map<string, Link>();
  readonly #sessions = new Map<string, { visit: PortalVisit; expiresAt: Date }>();

  constructor(private readonly clock: SandboxClock) {}

  link(visit: PortalVisit): string {
    const token = opaqueToken();
    this.#links.set(token, { visit, expiresAt: this.clock.in(LINK_SECONDS), used: false });
    return token;
  }

  /** Spends a link and answers the new session's id. */
  open(token: string): { session: string } | { refused: 'unknown' | 'used' | 'expired' } {
    const link = this.#links.get(token);
    if (!link) return { refused: 'unknown' };
    if (link.used) return { refused: 'used' };
    if (this.clock.isPast(link.expiresAt)) return { refused: 'expired' };
    link.used = true;
    const session = opaqueToken();
    this.#sessions.set(session, { visit: link.visit, expiresAt: this.clock.in(SESSION_SECONDS) });
    return { session };
  }

  visit(session: string): PortalVisit | undefined {
    const found = this.#sessions.get(session);
    return found && !this.clock.isPast(found.expiresAt) ? found.visit : undefined;
  }

  reset(): void {
    this.#links.clear();
    this.#sessions.clear();
  }
}
