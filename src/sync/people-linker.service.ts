import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { Config } from '../config/config.js';
import { DirectoryRecordsRepository } from '../directories/directory-records.repository.js';
import { emailKey, spellingsOf } from '../identity/email-key.js';
import {
  linkPeople,
  meaning,
  type DirectoryRecord,
  type KnownPerson,
  type Link,
} from '../directories/link-people.js';
import { matchAccounts, type Account } from '../directories/match-accounts.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationFactsRepository } from '../organizations/organization-facts.repository.js';
import { PeopleRepository } from '../users/people.repository.js';
import { takePersonTurn } from '../users/person-turn.js';
import { ClaimsOutbox } from './claims-outbox.js';
import { DirectoryAccess } from './directory-access.service.js';

/**
 * Finds out which user of an organization is which user of its directories, and which two accounts are one person's,
 * whichever of them is heard of first. What is written at the same moment finds each other all the same: each takes its turn
 * at what they have in common.
 */
@Injectable()
export class PeopleLinker {
  constructor(
    private readonly people: PeopleRepository,
    private readonly records: DirectoryRecordsRepository,
    private readonly facts: OrganizationFactsRepository,
    private readonly access: DirectoryAccess,
    private readonly claims: ClaimsOutbox,
    private readonly config: Config,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Links a record that is new or has changed. What follows from it for those who are returned is the caller's.
   * @returns every person whom it may mean, the linked one first
   */
  async linkRecord(trx: MirrorTransaction, record: DirectoryRecord): Promise<string[]> {
    const { organizationId, idpId, email, userId } = record;
    const verified = await this.facts.verifiedDomains(trx, organizationId);
    const keys = { idpIds: [idpId], emails: email === null ? [] : spellingsOf(email) };
    const { people, links, changed } = await this.linkAlike(trx, organizationId, keys, verified);
    if (people.length === 0) return userId === null ? [] : [userId];
    const owner = links.find((link) => link.record.id === record.id)?.userId ?? userId;
    const linked = owner === null ? [] : [await this.people.personOf(trx, organizationId, owner)];
    const meant = people.filter((person) => meaning(record, person, verified) !== null);
    const all = [...new Set([...linked, ...meant.map((person) => person.userId)])];
    for (const person of changed)
      if (!all.includes(person.userId)) await this.access.follow(trx, person, verified);
    return all;
  }

  /**
   * Links a person who is new in an organization or has signed in, and sees to the sessions that they have already. `null`
   * where they are not of the organization.
   */
  async linkPerson(
    trx: MirrorTransaction,
    organizationId: string,
    userId: string,
  ): Promise<{ person: KnownPerson; verifiedDomains: Set<string> } | null> {
    const [self] = await this.accounts(trx, organizationId, { userIds: [userId] });
    if (!self) return null;
    const { idpIds, email } = self;
    await takePersonTurn(trx, organizationId, { idpIds, emails: [email] });
    const verifiedDomains = await this.facts.verifiedDomains(trx, organizationId);
    const keys = { userIds: [userId], idpIds, emails: email === null ? [] : spellingsOf(email) };
    const { people, changed } = await this.linkAlike(trx, organizationId, keys, verifiedDomains);
    for (const one of changed) await this.access.follow(trx, one, verifiedDomains);
    const mainId = await this.people.personOf(trx, organizationId, userId);
    const person = people.find((known) => known.userId === mainId);
    return person ? { person, verifiedDomains } : null;
  }

  /**
   * Makes one of two accounts of one person, and links them to their records.
   * @returns the people with one of these keys, and those of them who have become one or have got a record
   */
  private async linkAlike(
    trx: MirrorTransaction,
    organizationId: string,
    keys: AccountKeys,
    verified: ReadonlySet<string>,
  ): Promise<{ people: KnownPerson[]; links: readonly Link[]; changed: KnownPerson[] }> {
    const { accounts, records } = await this.alike(trx, organizationId, keys);
    const united = await this.unite(trx, organizationId, accounts, records, verified);
    const people = peopleOf(organizationId, united.accounts);
    const links = await this.link(trx, people, verified);
    const ids = new Set([...united.mains, ...links.map(({ userId }) => userId)]);
    return { people, links, changed: people.filter(({ userId }) => ids.has(userId)) };
  }

  private async alike(
    trx: MirrorTransaction,
    organizationId: string,
    keys: AccountKeys,
  ): Promise<{ accounts: Account[]; records: DirectoryRecord[] }> {
    const found = await this.accounts(trx, organizationId, keys);
    const records = await this.records.find(trx, organizationId, keysOf(found));
    // Another account may have only the record in common, or be known as the same already.
    const known = found.flatMap(({ sameAs }) => sameAs ?? []);
    const accounts = await this.accounts(trx, organizationId, {
      userIds: [
        ...found.map(({ userId }) => userId),
        ...known,
        ...records.flatMap(({ userId }) => userId ?? []),
      ],
      idpIds: [...(keys.idpIds ?? []), ...records.map(({ idpId }) => idpId)],
      emails: [...(keys.emails ?? []), ...records.flatMap(({ email }) => (email ? spellingsOf(email) : []))],
    });
    return { accounts, records };
  }

  /**
   * Who signs in by a profile is known by it where people sign in by profiles, and by WorkOS's own account elsewhere: that is
   * what sessions name.
   */
  private async unite(
    trx: MirrorTransaction,
    organizationId: string,
    accounts: readonly Account[],
    records: readonly DirectoryRecord[],
    verified: ReadonlySet<string>,
  ): Promise<{ accounts: Account[]; mains: string[] }> {
    const mains: string[] = [];
    const united = new Map(accounts.map((account) => [account.userId, account]));
    for (const { profile, workos } of matchAccounts(accounts, records, verified)) {
      const [main, other] = this.config.signIn === 'sso' ? [profile, workos] : [workos, profile];
      if (other.sameAs === main.userId) continue;
      await this.people.unite(trx, organizationId, main.userId, other.userId);
      await this.records.move(trx, organizationId, other.userId, main.userId);
      // Roles of groups come along, and credentials of either are asked again who they speak for.
      await this.claims.requestMembers(trx, organizationId, [main.userId, other.userId]);
      mains.push(main.userId);
      united.set(main.userId, { ...main, sameAs: null });
      united.set(other.userId, { ...other, sameAs: main.userId });
    }
    return { accounts: [...united.values()], mains };
  }

  private async accounts(
    trx: MirrorTransaction,
    organizationId: string,
    keys: AccountKeys,
  ): Promise<Account[]> {
    const found = await this.people.find(trx, organizationId, keys);
    return found.map((account) => ({ ...account, email: emailKey(account.email) }));
  }

  private async link(
    trx: MirrorTransaction,
    people: readonly KnownPerson[],
    verifiedDomains: ReadonlySet<string>,
  ): Promise<readonly Link[]> {
    const [{ organizationId } = { organizationId: '' }] = people;
    const records = await this.records.find(trx, organizationId, {
      userIds: people.map(({ userId }) => userId),
      idpIds: people.flatMap(({ idpIds }) => idpIds),
      emails: people.flatMap(({ email }) => email ?? []),
    });
    const { links, ambiguous } = linkPeople(people, records, verifiedDomains);
    await this.records.link(trx, links);
    const left = await this.records.leaveOpen(
      trx,
      ambiguous.map(({ id }) => id),
    );
    for (const directoryUser of left)
      await this.audit.recordIn(trx, {
        action: 'directory_link.refused',
        reason: 'ambiguous',
        organizationId,
        details: { directoryUser },
      });
    return links;
  }
}

/** By what accounts of an organization are looked for. */
type AccountKeys = Parameters<PeopleRepository['find']>[2];

function keysOf(accounts: readonly Account[]) {
  return {
    userIds: accounts.map(({ userId }) => userId),
    idpIds: accounts.flatMap(({ idpIds }) => idpIds),
    emails: accounts.flatMap(({ email }) => email ?? []),
  };
}

/** One for each person, and one more for an address that only their other account has. */
function peopleOf(organizationId: string, accounts: readonly Account[]): KnownPerson[] {
  const mainsFirst = accounts.toSorted((a, b) => Number(a.sameAs !== null) - Number(b.sameAs !== null));
  const people: KnownPerson[] = [];
  for (const { userId: id, sameAs, email, idpIds } of mainsFirst) {
    const userId = sameAs ?? id;
    const at = people.findIndex((person) => person.userId === userId && person.email === email);
    const known = people[at];
    if (known) people[at] = { ...known, idpIds: [...known.idpIds, ...idpIds] };
    else people.push({ organizationId, userId, idpIds, email });
  }
  return people;
}
