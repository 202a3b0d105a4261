import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { setTimeout as pause } from 'node:timers/promises';
import { Clock } from '../common/clock.js';
import { within } from '../common/deadline.js';
import { isTransient } from '../common/problem-error.js';
import { withStore } from '../database/database.js';
import { IdentityProvider } from '../identity/identity-provider.port.js';
import { OrganizationSource } from '../identity/organization-source.port.js';
import { domainStanding, type DomainStanding } from './domain-standing.js';
import { OrganizationsRepository, type StoredOrganization } from './organizations.repository.js';
import { resolveConnection, type ConnectionRoute } from './resolve-connection.js';
import { RolesRepository } from './roles.repository.js';
import { RoutableDomains } from './routable-domains.js';

/** Milliseconds for which the local copy is used without asking WorkOS again. */
const FRESH = 30_000;

/** Milliseconds for which WorkOS is waited for where an older copy would do. */
const PATIENCE = 2000;

/**
 * Milliseconds in whose multiples a domain is answered that routes nowhere, when WorkOS had to be asked. What WorkOS is asked
 * differs with what it knows, so the time would tell an unknown domain from one whose connection is switched off.
 */
const STEP = 250;

/**
 * Maps e-mail domains to organizations and connections, from a local copy that WorkOS's events keep true and that WorkOS is
 * asked about on a miss, and again when it has not been for half a minute. Nobody waits for that where the copy leads
 * somewhere. While WorkOS is down an old copy is used, and only a domain that it does not route cannot be answered.
 */
@Injectable()
export class OrganizationsService {
  private readonly logger = new Logger('Organizations');
  /** One question to WorkOS at a time for each key, and no answer asked for twice within `FRESH`. */
  private readonly asking = new Map<string, Promise<unknown>>();
  private readonly askedAt = new LRUCache<string, number>({ max: 10_000 });

  constructor(
    private readonly repository: OrganizationsRepository,
    private readonly rolesRepository: RolesRepository,
    private readonly source: OrganizationSource,
    private readonly provider: IdentityProvider,
    private readonly routable: RoutableDomains,
    private readonly clock: Clock,
  ) {}

  /**
   * Where an e-mail domain in canonical form signs in. A domain that nobody owns, one that is contested and one whose
   * connections are all switched off are answered alike, after the same look-ups and in the same time.
   * @throws `upstream_unavailable` where the copy routes the domain nowhere and WorkOS cannot be asked
   */
  async route(domain: string): Promise<ConnectionRoute> {
    const key = `domain:${domain}`;
    // Looked at first: an answer that comes while the copy is read need not be in what was read.
    const fresh = this.isFresh(key);
    const known = await this.routeByCopy(domain);
    if (this.routable.refusalOf(domain) !== null || fresh) return known;
    const ask = () => this.fetchDomain(domain);
    if (leadsSomewhere(known)) {
      this.refreshBehind(key, ask);
      return known;
    }
    const started = performance.now();
    await this.refresh(key, ask, false);
    const route = await this.routeByCopy(domain);
    if (!leadsSomewhere(route)) await pause(STEP - ((performance.now() - started) % STEP));
    return route;
  }

  /** The organization with its domains, connections and policy, or `null` where WorkOS has none of that id. */
  async find(organizationId: string): Promise<StoredOrganization | null> {
    const copy = () => withStore(() => this.repository.find(organizationId));
    const key = `organization:${organizationId}`;
    const fresh = this.isFresh(key);
    const known = await copy();
    if (fresh) return known;
    await this.refresh(key, () => this.fetch(organizationId), known !== null);
    return copy();
  }

  /** What the copy has of an organization, whatever WorkOS would say now. For when it cannot be asked. */
  findInCopy(organizationId: string): Promise<StoredOrganization | null> {
    return withStore(() => this.repository.find(organizationId));
  }

  /** The organization that alone owns a domain in canonical form, and may route it, as the copy has it. */
  async ownerOf(domain: string): Promise<StoredOrganization | null> {
    if (this.routable.refusalOf(domain) !== null) return null;
    const claims = await withStore(() => this.repository.claims(domain));
    const owners = new Set(claims.map(({ organizationId }) => organizationId));
    const [owner] = owners;
    return owner === undefined || owners.size > 1 ? null : this.findInCopy(owner);
  }

  /** The organization that the copy has this connection in. */
  async organizationOfConnection(connectionId: string): Promise<StoredOrganization | null> {
    const id = await withStore(() => this.repository.organizationOfConnection(connectionId));
    return id === null ? null : this.findInCopy(id);
  }

  /** The organization's domains, for its administrators: what routes, what waits, and what is refused and why. */
  async domainsOf(organizationId: string): Promise<DomainStanding[]> {
    const domains = await withStore(() => this.repository.contestedDomains(organizationId));
    return domains.map(({ domain, contested, failureReason }) =>
      domainStanding({ ...domain, failureReason }, contested, this.routable.refusalOf(domain.domain)),
    );
  }

  /** What the roles allow in this organization, each permission once. A role that does not exist allows nothing. */
  async permissionsOf(organizationId: string, roles: readonly string[]): Promise<string[]> {
    if (roles.length === 0) return [];
    const key = `roles:${organizationId}`;
    if (!this.isFresh(key)) {
      const known = await withStore(() => this.rolesRepository.list(organizationId));
      await this.refresh(key, () => this.fetchRoles(organizationId), known.length > 0);
    }
    return this.permissionsInCopy(organizationId, roles);
  }

  async permissionsInCopy(organizationId: string, roles: readonly string[]): Promise<string[]> {
    return (await this.permissionsByRole(organizationId))(roles);
  }

  /** What roles allow in this organization as the copy has it, for many questions at once. */
  async permissionsByRole(organizationId: string): Promise<(roles: readonly string[]) => string[]> {
    const known = await withStore(() => this.rolesRepository.list(organizationId));
    return (roles) => {
      const granted = known.filter(({ slug }) => roles.includes(slug));
      return [...new Set(granted.flatMap(({ permissions }) => permissions))].toSorted();
    };
  }

  /** True where the e-mail domain is not one of the organization's own. `domain` in canonical form. */
  isGuest({ ownDomains }: Pick<StoredOrganization, 'ownDomains'>, domain: string): boolean {
    if (this.routable.refusalOf(domain) !== null) return true;
    return !ownDomains.includes(domain);
  }

  private async routeByCopy(domain: string): Promise<ConnectionRoute> {
    const claims = await withStore(() => this.repository.claims(domain));
    return resolveConnection(domain, claims, {
      refusalOf: (name) => this.routable.refusalOf(name),
      otherwise: this.provider.hasHostedPage ? 'authkit' : 'none',
    });
  }

  private async fetchDomain(domain: string): Promise<void> {
    const known = await this.repository.organizationsOfDomain(domain);
    const before = new Map(
      await Promise.all(known.map(async (id) => [id, await this.repository.snapshot(id)] as const)),
    );
    const current = await this.source.findByDomain(domain);
    for (const organization of current) {
      await this.repository.save(organization, before.get(organization.id) ?? new Map(), this.clock.now());
    }
    const gone = known.filter((id) => !current.some((organization) => organization.id === id));
    for (const id of gone) await this.fetch(id);
  }

  private async fetch(organizationId: string): Promise<void> {
    const before = await this.repository.snapshot(organizationId);
    const current = await this.source.find(organizationId);
    if (current) await this.repository.save(current, before, this.clock.now());
    else await this.repository.hide(organizationId, before, this.clock.now());
  }

  private async fetchRoles(organizationId: string): Promise<void> {
    const before = await this.rolesRepository.snapshot(organizationId);
    await this.rolesRepository.save(organizationId, await this.source.roles(organizationId), before);
  }

  private isFresh(key: string): boolean {
    return this.clock.now().getTime() - (this.askedAt.get(key) ?? 0) < FRESH;
  }

  /**
   * Asks WorkOS, unless somebody else has had the answer meanwhile. With a copy that will do nobody waits for long, and a
   * failure is no reason to stop.
   */
  private async refresh(key: string, ask: () => Promise<unknown>, copyWillDo: boolean): Promise<void> {
    if (this.isFresh(key)) return;
    const answer = this.asking.get(key) ?? this.ask(key, ask);
    await (copyWillDo ? within(PATIENCE, answer) : answer).catch((error: unknown) => {
      if (!copyWillDo || !isTransient(error)) throw error;
    });
  }

  /** The same for whoever has their answer from the copy: the next one is told what WorkOS says now. */
  private refreshBehind(key: string, ask: () => Promise<unknown>): void {
    if (this.isFresh(key) || this.asking.has(key)) return;
    this.ask(key, ask).catch((error: unknown) => {
      if (!isTransient(error)) this.logger.error({ err: error, key }, 'the copy could not be refreshed');
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

function leadsSomewhere({ kind }: ConnectionRoute): boolean {
  return kind === 'connection' || kind === 'choose';
}
