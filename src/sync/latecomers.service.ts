import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database } from '../database/database.js';
import { canonicalDomain } from '../identity/email-domain.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { LatecomersRepository } from './latecomers.repository.js';
import { PeopleLinker } from './people-linker.service.js';

/** Milliseconds between two looks at everybody. */
const EVERY = 600_000;
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
    private readonly database: Database,
  ) {}

  /** Nobody waits for it: the service serves meanwhile. */
  onApplicationBootstrap(): void {
    this.look();
    this.timer = setInterval(() => this.look(), EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  private look(): void {
    this.running = this.running
      .then(() => this.linkAll())
      .catch((error: unknown) => {
        this.logger.warn({ err: error }, 'not everybody could be linked; the next look tries again');
      });
  }

  /** Where it changed whose a domain is. */
  async linkAt(trx: MirrorTransaction, domain: string): Promise<void> {
    const canonical = canonicalDomain(domain);
    if (canonical === null) return;
    for (const { organizationId, userId } of await this.repository.find(trx, canonical, AT_ONCE))
      await this.linker.linkPerson(trx, organizationId, userId);
  }

  private async linkAll(): Promise<void> {
    for (const { organizationId, userId } of await this.repository.find(this.database, null)) {
      if (this.stopped) return;
      await this.database.transaction().execute((trx) => this.linker.linkPerson(trx, organizationId, userId));
    }
  }
}
