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
/** People whom one event links: the rest of a large company waits for the next look, and holds up nobody else. */
const AT_ONCE = 200;

/**
 * Links whoever could not be linked when they were heard of: their domain was not verified yet, another organization claimed
 * it too, or two accounts arrived at the same moment and missed each other.
 */
@Injectable()
export class Latecomers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Latecomers');
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

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
    this.timer = setInterval(() => void this.look(), ASK_EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Looks at everybody, unless a node has done so within the last minutes. Never throws. */
  look(): Promise<void> {
    this.running = this.running
      .then(() => this.linkAll())
      .catch((error: unknown) => {
        this.logger.warn({ err: error }, 'not everybody could be linked; the next look tries again');
      });
    return this.running;
  }

  /** Where it changed whose a domain is. */
  async linkAt(trx: MirrorTransaction, domain: string): Promise<void> {
    const canonical = canonicalDomain(domain);
    if (canonical === null) return;
    for (const organizationId of await this.repository.ownersOf(trx, canonical)) {
      if (!(await this.facts.verifiedDomains(trx, organizationId)).has(canonical)) continue;
      const latecomers = await this.repository.amongFirst(trx, organizationId);
      const here = latecomers.filter((latecomer) => latecomer.domain === canonical).slice(0, AT_ONCE);
      for (const { userId } of here) await this.linker.linkPerson(trx, organizationId, userId);
    }
  }

  private async linkAll(): Promise<void> {
    const now = this.clock.now();
    if (!(await this.repository.claimLook(now, new Date(now.getTime() + EVERY)))) return;
    let after: MemberKey | undefined = { organizationId: '', userId: '' };
    while (after && !this.stopped) {
      const page = await this.repository.after(after);
      for (const latecomer of page?.latecomers ?? []) if (!this.stopped) await this.link(latecomer);
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
