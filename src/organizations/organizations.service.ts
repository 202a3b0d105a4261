import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../common/clock.js';
import { within } from '../common/deadline.js';
import { isTransient } from '../common/problem-error.js';
import { withStore } from '../database/database.js';
import { OrganizationSource, type OrganizationRecord } from '../identity/organization-source.port.js';
import { OrganizationsRepository, type StoredOrganization } from './organizations.repository.js';
import { resolveConnection, verifiedDomains, type ConnectionRoute } from './resolve-connection.js';

/** Milliseconds for which the local copy is used without asking WorkOS again. */
const FRESH = 30_000;

/** Milliseconds for which WorkOS is waited for where an older copy would do. */
const PATIENCE = 2000;

/**
 * Maps e-mail domains to organizations and connections, from a local copy that WorkOS fills: on a miss, and again when
 * the copy is older than half a minute. While WorkOS is down an old copy is used, and only a domain that was never seen
 * cannot be answered.
 */
@Injectable()
export class OrganizationsService {
  /** One question to WorkOS at a time for each key, and no answer asked for twice within `FRESH`. */
  private readonly asking = new Map<string, Promise<unknown>>();
  private readonly askedAt = new LRUCache<string, number>({ max: 10_000 });

  constructor(
    private readonly repository: OrganizationsRepository,
    private readonly source: OrganizationSource,
    private readonly clock: Clock,
  ) {}

  /** `domain` in canonical form. An unknown domain and an inactive connection are both `none`. */
  async route(domain: string): Promise<ConnectionRoute> {
    await this.refresh(
      `domain:${domain}`,
      async () => {
        const known = await this.repository.findByDomain(domain);
        const current = await this.source.findByDomain(domain);
        const gone = known.filter(({ id }) => !current.some((organization) => organization.id === id));
        for (const organization of current) await this.repository.save(organization, this.clock.now());
        for (const { id } of gone) await this.fetch(id);
        return known.length > 0 || current.length > 0;
      },
      async () => (await withStore(() => this.repository.findByDomain(domain))).length > 0,
    );
    return resolveConnection(domain, await withStore(() => this.repository.findByDomain(domain)));
  }

  /** The organization with its domains, connections and policy, or `null` where WorkOS has none of that id. */
  async find(organizationId: string): Promise<StoredOrganization | null> {
    await this.refresh(
      `organization:${organizationId}`,
      () => this.fetch(organizationId),
      async () => {
        return (await withStore(() => this.repository.find(organizationId))) !== null;
      },
    );
    return withStore(() => this.repository.find(organizationId));
  }

  /** What the roles allow in this organization, each permission once. A role that does not exist allows nothing. */
  async permissionsOf(organizationId: string, roles: readonly string[]): Promise<string[]> {
    if (roles.length === 0) return [];
    await this.refresh(
      `roles:${organizationId}`,
      async () => {
        await this.repository.saveRoles(organizationId, await this.source.roles(organizationId));
      },
      async () => (await withStore(() => this.repository.roles(organizationId))).length > 0,
    );
    const known = await withStore(() => this.repository.roles(organizationId));
    const granted = known
      .filter(({ slug }) => roles.includes(slug))
      .flatMap(({ permissions }) => permissions);
    return [...new Set(granted)].toSorted();
  }

  /** True where the e-mail domain is not one of the organization's own. `domain` in canonical form. */
  isGuest(organization: OrganizationRecord, domain: string): boolean {
    return !verifiedDomains(organization).has(domain);
  }

  private async fetch(organizationId: string): Promise<void> {
    const current = await this.source.find(organizationId);
    if (current) await this.repository.save(current, this.clock.now());
    else await this.repository.hide(organizationId, this.clock.now());
  }

  private async refresh(
    key: string,
    ask: () => Promise<unknown>,
    hasCopy: () => Promise<boolean>,
  ): Promise<void> {
    if (this.clock.now().getTime() - (this.askedAt.get(key) ?? 0) < FRESH) return;
    const answer = this.asking.get(key) ?? this.ask(key, ask);
    // With a copy at hand nobody waits for a slow WorkOS: its answer serves the next one.
    const bounded = (await hasCopy()) ? within(PATIENCE, answer) : answer;
    await bounded.catch(async (error: unknown) => {
      if (!isTransient(error) || !(await hasCopy())) throw error;
    });
  }

  private ask(key: string, question: () => Promise<unknown>): Promise<unknown> {
    const answer = withStore(question)
      .then(() => this.askedAt.set(key, this.clock.now().getTime()))
      .finally(() => this.asking.delete(key));
    this.asking.set(key, answer);
    // Whoever waits hears of a failure; when nobody does any more, it is not unhandled.
    answer.catch(() => undefined);
    return answer;
  }
}
