import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { canonicalDomain } from '../identity/email-domain.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationFactsRepository } from '../organizations/organization-facts.repository.js';
import { LatecomersRepository, type Latecomer, type MemberKey } from './latecomers.repository.js';
import { PeopleLinker } from './people-linker.service.js';

/** Milliseconds between two looks at everybody, of whichever node, and between two times that a node asks for its turn. */
const EVERY = 600_000;
const ASK_EVERY = 60_000;
/** Between two times that a node asks for domains that have changed hands. */
const FOLLOW_EVERY = 1000;
const START: MemberKey = { organizationId: '', userId: '' };

/**
 * Links whoever could not be linked when they were heard of: their domain was not verified yet, another organization claimed
 * it too, or two accounts arrived at the same moment and missed each other.
 */
@Injectable()
export class Latecomers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Latecomers');
  private stopped = false;
  private looking: Promise<void> | null = null;
  private following: Promise<void> | null = null;
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly repository: LatecomersRepository,
    private readonly linker: PeopleLinker,
    private readonly facts: OrganizationFactsRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Nobody waits for it: the service serves meanwhile. */
  onApplicationBootstrap(): void {
    void this.look();
    this.timers = [
      setInterval(() => void this.look(), ASK_EVERY),
      setInterval(() => void this.follow(), FOLLOW_EVERY),
    ];
    for (const timer of this.timers) timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all([this.looking, this.following]);
  }

  /** Looks at everybody, unless a node has done so within the last minutes. Never throws. */
  look(): Promise<void> {
    this.looking ??= this.trying(() => this.linkAll()).finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  /** Looks at everybody at the domains that have changed hands up to now. Never throws. */
  follow(): Promise<void> {
    this.following ??= this.trying(() => this.linkRequested()).finally(() => {
      this.following = null;
    });
    return this.following;
  }

  /**
   * Where it changed whose a domain is: whoever is there is looked at once that is committed, each in a transaction of their
   * own, for there may be very many.
   */
  async lookAt(trx: MirrorTransaction, domain: string): Promise<void> {
    const canonical = canonicalDomain(domain);
    if (canonical !== null) await this.repository.request(trx, canonical, this.clock.now());
  }

  private async trying(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, 'not everybody could be linked; the next look tries again');
    }
  }

  private async linkAll(): Promise<void> {
    const now = this.clock.now();
    if (await this.repository.claimLook(now, new Date(now.getTime() + EVERY))) await this.linkAmong();
  }

  private async linkRequested(): Promise<void> {
    for (const [domain, requests] of await this.repository.requested()) {
      for (const organizationId of await this.repository.ownersOf(domain))
        await this.linkAmong({ organizationId, domain });
      // One that was not finished is the next process's, or another node's.
      if (!this.stopped) await this.repository.done(requests);
    }
  }

  private async linkAmong(only?: {
    readonly organizationId: string;
    readonly domain: string;
  }): Promise<void> {
    let after: MemberKey | undefined = START;
    while (after && !this.stopped) {
      const page = await this.repository.after(after, only?.organizationId);
      for (const latecomer of page?.latecomers ?? [])
        if (!this.stopped && (!only || only.domain === latecomer.domain)) await this.link(latecomer);
      after = page?.last;
    }
  }

  /** One who cannot be linked keeps nobody else from it. */
  private async link({ organizationId, userId, domain }: Latecomer): Promise<void> {
    try {
      if (!(await this.facts.verifiedDomains(this.database, organizationId)).has(domain)) return;
      await this.database.transaction().execute((trx) => this.linker.linkPerson(trx, organizationId, userId));
    } catch (error) {
      this.logger.warn({ err: error, organizationId, userId }, 'somebody could not be linked');
    }
  }
}
