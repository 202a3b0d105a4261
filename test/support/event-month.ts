import { Random } from '../../src/common/random.js';
import type { RawWorkosEvent, WorkosEventName } from '../../src/identity/workos-event.js';

type Fields = Record<string, unknown>;
interface Thing {
  readonly id: string;
  readonly data: Fields;
}
interface Company extends Thing {
  readonly domain: string;
  readonly domains: Thing[];
  readonly connections: Thing[];
  readonly memberships: Thing[];
  readonly roles: Map<string, Fields>;
  readonly directories: Directory[];
}
interface Directory extends Thing {
  readonly people: Thing[];
  readonly groups: Group[];
}
interface Group extends Thing {
  readonly members: Set<Thing>;
}

const START = Date.UTC(2026, 3, 1);
const MONTH = 30 * 86_400_000;

/** The same sequence for the same seed (mulberry32). */
export class SeededRandom extends Random {
  constructor(private state: number) {
    super();
  }

  next(): number {
    this.state = (this.state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }

  override bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/**
 * A month at WorkOS: companies, people and directories that come, change and go, told as WorkOS would. Of what a company,
 * a directory or a group takes with it when it goes nothing is told, as with WorkOS.
 */
export class EventMonth {
  readonly events: RawWorkosEvent[] = [];
  private now = START;
  private readonly companies: Company[] = [];
  private readonly people: Thing[] = [];
  private readonly roles = new Map<string, Fields>();
  private named = 0;

  constructor(
    private readonly random: SeededRandom,
    count: number,
  ) {
    const steps: [number, () => void][] = [
      [2, () => this.foundCompany()],
      [2, () => this.changeCompany()],
      [0.3, () => this.closeCompany()],
      [3, () => this.changeDomain()],
      [4, () => this.changeConnection()],
      [10, () => this.enterPerson()],
      [8, () => this.changePerson()],
      [2, () => this.leavePerson()],
      [12, () => this.join()],
      [10, () => this.changeMembership()],
      [3, () => this.changeRole()],
      [1.5, () => this.changeDirectory()],
      [14, () => this.hire()],
      [12, () => this.changeHired()],
      [4, () => this.changeGroup()],
      [14, () => this.moveInGroups()],
    ];
    const total = steps.reduce((sum, [weight]) => sum + weight, 0);
    for (let first = 0; first < 5; first++) this.foundCompany();
    const pace = (2 * MONTH) / count;
    while (this.events.length < count) {
      this.now += 1000 + this.random.below(pace);
      let point = this.random.next() * total;
      const step = steps.find(([weight]) => (point -= weight) < 0);
      step?.[1]();
    }
    this.events.length = count;
  }

  /** As it may arrive: anything up to six hours late, one in ten twice, all of it in another order than it happened. */
  disordered(): RawWorkosEvent[] {
    const late = () => this.random.next() ** 4 * 6 * 3_600_000;
    const arrivals = this.events.flatMap((event) => {
      const copies = this.random.next() < 0.1 ? 2 : 1;
      return Array.from({ length: copies }, () => ({ event, at: event.createdAt.getTime() + late() }));
    });
    return arrivals.toSorted((a, b) => a.at - b.at).map(({ event }) => event);
  }

  private foundCompany(): void {
    const name = `company ${++this.named}`;
    const domain = `c${this.named}.example`;
    const thing = this.thing('org', { name, domains: [] });
    const company: Company = {
      ...thing,
      domain,
      domains: [],
      connections: [],
      memberships: [],
      roles: new Map(),
      directories: [],
    };
    this.companies.push(company);
    this.tell('organization.created', company.data);
    this.addDomain(company, domain);
  }

  private addDomain(company: Company, domain: string): void {
    const added = this.thing('org_domain', { organization_id: company.id, domain, state: 'pending' });
    company.domains.push(added);
    this.tell('organization_domain.created', added.data);
  }

  private changeCompany(): void {
    const company = this.random.pick(this.companies);
    if (company) this.change('organization.updated', company, { name: `company ${this.random.below(1000)}` });
  }

  private closeCompany(): void {
    if (this.companies.length < 4) return;
    const company = this.take(this.companies);
    if (company) this.change('organization.deleted', company, {});
  }

  private changeDomain(): void {
    const company = this.random.pick(this.companies);
    const domain = company && this.random.pick(company.domains);
    if (!company || !domain) return;
    const chance = this.random.next();
    if (chance < 0.15) {
      this.drop(company.domains, domain);
      this.change('organization_domain.deleted', domain, {});
      // The same name again, under another id; at times another company's.
      this.addDomain(
        this.random.next() < 0.2 ? (this.random.pick(this.companies) ?? company) : company,
        company.domain,
      );
    } else if (chance < 0.25) {
      this.stamp(domain, { state: 'failed' });
      const data = { reason: 'domain_verification_period_expired', organization_domain: { ...domain.data } };
      this.tell('organization_domain.verification_failed', data);
    } else this.change('organization_domain.verified', domain, { state: 'verified' });
  }

  private changeConnection(): void {
    const company = this.random.pick(this.companies);
    if (!company) return;
    const connection = this.random.pick(company.connections);
    const chance = this.random.next();
    if (!connection || chance < 0.2) {
      const fields = { organization_id: company.id, connection_type: 'OktaSAML', name: company.data['name'] };
      const added = this.thing('conn', { ...fields, state: 'active' });
      company.connections.push(added);
      this.tell('connection.activated', added.data);
    } else if (chance < 0.3) {
      this.drop(company.connections, connection);
      this.change('connection.deleted', connection, {});
    } else if (chance < 0.45) {
      const certificate = {
        certificate_type: 'ResponseSigning',
        expiry_date: this.later(),
        is_expired: false,
      };
      const about = { connection: { id: connection.id, organization_id: company.id }, certificate };
      if (chance < 0.38)
        this.tell('connection.saml_certificate_renewal_required', { ...about, days_until_expiry: 30 });
      else this.tell('connection.saml_certificate_renewed', { ...about, renewed_at: this.time() });
    } else if (connection.data['state'] === 'active')
      this.change('connection.deactivated', connection, { state: 'inactive' });
    else this.change('connection.activated', connection, { state: 'active' });
  }

  private enterPerson(): void {
    const company = this.random.pick(this.companies);
    const person = this.thing('user', this.portrait(company));
    this.people.push(person);
    this.tell('user.created', person.data);
  }

  private changePerson(): void {
    const person = this.random.pick(this.people);
    if (person) this.change('user.updated', person, this.portrait(this.random.pick(this.companies)));
  }

  private leavePerson(): void {
    const person = this.take(this.people);
    if (!person) return;
    for (const company of this.companies)
      for (const membership of company.memberships.filter(({ data }) => data['user_id'] === person.id))
        this.drop(company.memberships, membership);
    this.change('user.deleted', person, {});
  }

  private join(): void {
    const [company, person] = [this.random.pick(this.companies), this.random.pick(this.people)];
    if (!company || !person) return;
    if (company.memberships.some(({ data }) => data['user_id'] === person.id)) return;
    const fields = { organization_id: company.id, user_id: person.id, status: 'active', role: this.role() };
    const membership = this.thing('om', fields);
    company.memberships.push(membership);
    this.tell('organization_membership.created', membership.data);
  }

  private changeMembership(): void {
    const company = this.random.pick(this.companies);
    const membership = company && this.random.pick(company.memberships);
    if (!company || !membership) return;
    const chance = this.random.next();
    if (chance < 0.3) {
      this.drop(company.memberships, membership);
      this.change('organization_membership.deleted', membership, {});
    } else {
      const status = chance < 0.45 ? 'inactive' : 'active';
      this.change('organization_membership.updated', membership, { status, role: this.role() });
    }
  }

  private changeRole(): void {
    const company = this.random.next() < 0.6 ? this.random.pick(this.companies) : undefined;
    const roles = company?.roles ?? this.roles;
    const kind = company ? 'organization_role' : 'role';
    const slug = `${company ? 'org-' : ''}${this.random.pick(['admin', 'member', 'cook', 'auditor']) ?? ''}`;
    const known = roles.get(slug);
    const permissions = ['invoices:read', 'invoices:write', 'members:read'].filter(
      () => this.random.next() < 0.5,
    );
    const time = this.time();
    const role = {
      ...(known ?? { slug, created_at: time }),
      ...(company ? { organization_id: company.id } : {}),
      permissions,
      updated_at: time,
    };
    if (known && this.random.next() < 0.25) {
      roles.delete(slug);
      this.tell(`${kind}.deleted`, role);
      return;
    }
    roles.set(slug, role);
    this.tell(known ? `${kind}.updated` : `${kind}.created`, role);
  }

  private changeDirectory(): void {
    const company = this.random.pick(this.companies);
    if (!company) return;
    const chance = this.random.next();
    if (company.directories.length === 0 || chance < 0.2) {
      const fields = { organization_id: company.id, type: 'okta scim v2.0', state: 'active', name: 'people' };
      const directory: Directory = { ...this.thing('directory', fields), people: [], groups: [] };
      company.directories.push(directory);
      this.tell('dsync.activated', directory.data);
    } else if (chance < 0.4) {
      const directory = this.take(company.directories);
      if (directory) this.change('dsync.deleted', directory, {});
    }
  }

  private hire(): void {
    const { company, directory } = this.someDirectory();
    if (!company || !directory) return;
    const person = this.thing('directory_user', {
      directory_id: directory.id,
      organization_id: company.id,
      idp_id: `idp${this.random.below(400)}`,
      email: this.portrait(company)['email'],
      state: 'active',
    });
    directory.people.push(person);
    this.tell('dsync.user.created', person.data);
  }

  private changeHired(): void {
    const { company, directory } = this.someDirectory();
    const person = directory && this.random.pick(directory.people);
    if (!company || !directory || !person) return;
    const chance = this.random.next();
    if (chance < 0.25) {
      this.drop(directory.people, person);
      for (const group of directory.groups) group.members.delete(person);
      this.change('dsync.user.deleted', person, {});
    } else if (chance < 0.5) this.change('dsync.user.updated', person, { state: 'inactive' });
    else this.change('dsync.user.updated', person, { ...this.portrait(company), state: 'active' });
  }

  private changeGroup(): void {
    const { company, directory } = this.someDirectory();
    if (!company || !directory) return;
    const group = this.random.pick(directory.groups);
    const chance = this.random.next();
    if (!group || chance < 0.4) {
      const fields = {
        directory_id: directory.id,
        organization_id: company.id,
        name: `group ${this.random.below(20)}`,
      };
      const added: Group = { ...this.thing('directory_group', fields), members: new Set() };
      directory.groups.push(added);
      this.tell('dsync.group.created', added.data);
    } else if (chance < 0.6) {
      this.drop(directory.groups, group);
      this.change('dsync.group.deleted', group, {});
    } else this.change('dsync.group.updated', group, { name: `group ${this.random.below(20)}` });
  }

  /** Which changes the time of neither the group nor the person. */
  private moveInGroups(): void {
    const { directory } = this.someDirectory();
    const [group, user] = [
      this.random.pick(directory?.groups ?? []),
      this.random.pick(directory?.people ?? []),
    ];
    if (!directory || !group || !user) return;
    const data = { directory_id: directory.id, user: { ...user.data }, group: { ...group.data } };
    const isIn = group.members.has(user);
    if (isIn) group.members.delete(user);
    else group.members.add(user);
    this.tell(isIn ? 'dsync.group.user_removed' : 'dsync.group.user_added', data);
  }

  private someDirectory(): { company?: Company; directory?: Directory } {
    const company = this.random.pick(this.companies.filter(({ directories }) => directories.length > 0));
    const directory = this.random.pick(company?.directories ?? []);
    return { ...(company && { company }), ...(directory && { directory }) };
  }

  private portrait(company: Company | undefined): Fields {
    const email = `p${this.random.below(300)}@${company?.domain ?? 'nowhere.example'}`;
    return { email, first_name: `first ${this.random.below(50)}`, last_name: null };
  }

  private role(): Fields {
    return { slug: this.random.pick(['admin', 'member', 'cook']) };
  }

  private thing(prefix: string, fields: Fields): Thing {
    const id = this.random.id(prefix, new Date(this.now));
    const time = this.time();
    return { id, data: { id, created_at: time, updated_at: time, ...fields } };
  }

  private change(event: WorkosEventName, thing: Thing, fields: Fields): void {
    this.stamp(thing, fields);
    this.tell(event, thing.data);
  }

  private stamp(thing: Thing, fields: Fields): void {
    Object.assign(thing.data, fields, { updated_at: this.time() });
  }

  private time(): string {
    return new Date(this.now).toISOString();
  }

  private later(): string {
    return new Date(this.now + this.random.below(90) * 86_400_000).toISOString();
  }

  private tell(event: WorkosEventName, data: Fields): void {
    this.now += 1 + this.random.below(300);
    const createdAt = new Date(this.now);
    this.events.push({ id: this.random.id('event', createdAt), event, data: { ...data }, createdAt });
  }

  private take<Item>(items: Item[]): Item | undefined {
    return items.splice(this.random.below(items.length), 1)[0];
  }

  private drop<Item>(items: Item[], item: Item): void {
    items.splice(items.indexOf(item), 1);
  }
}
