import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { DirectoryRecordsRepository } from '../directories/directory-records.repository.js';
import { emailKey, spellingsOf } from '../directories/email-key.js';
import {
  linkPeople,
  meaning,
  type DirectoryRecord,
  type KnownPerson,
  type Link,
} from '../directories/link-people.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn } from '../mirror/turns.js';
import { OrganizationFactsRepository } from '../organizations/organization-facts.repository.js';
import { PeopleRepository } from '../users/people.repository.js';

/** What two accounts of one person may have in common. */
export interface SharedKeys {
  readonly idpIds: readonly string[];
  readonly emails: readonly (string | null)[];
}

/**
 * Finds out which user of an organization is which user of its directories, whichever of the two is heard of first. A record
 * and a person that are written at the same moment find each other all the same: both take their turn at what they have in
 * common.
 */
@Injectable()
export class PeopleLinker {
  constructor(
    private readonly people: PeopleRepository,
    private readonly records: DirectoryRecordsRepository,
    private readonly facts: OrganizationFactsRepository,
    private readonly audit: AuditLog,
  ) {}

  /** To be called before a record is written, after the turns at its directory and organization. */
  async takeTurn(
    trx: MirrorTransaction,
    organizationId: string,
    { idpIds, emails }: SharedKeys,
  ): Promise<void> {
    const keys = [
      ...idpIds.map((id) => `subject ${id}`),
      ...emails.map((email) => email && `email ${email}`),
    ];
    await takeTurn(
      trx,
      keys.map((key) => key && `person ${organizationId} ${key}`),
    );
  }

  /** Links a record that is new or has changed. @returns every user whom it may mean, the linked one first */
  async linkRecord(trx: MirrorTransaction, record: DirectoryRecord): Promise<string[]> {
    const { organizationId, idpId, email, userId } = record;
    const found = await this.people.find(trx, organizationId, {
      idpIds: [idpId],
      emails: email === null ? [] : spellingsOf(email),
    });
    if (found.length === 0) return userId === null ? [] : [userId];
    const verified = await this.facts.verifiedDomains(trx, organizationId);
    const people = found.map((person) => toPerson(organizationId, person));
    const links = userId === null ? await this.link(trx, people, verified) : [];
    const linked = userId ?? links.find((link) => link.record.id === record.id)?.userId;
    const meant = people.filter((person) => meaning(record, person, verified) !== null);
    return [...new Set([...(linked === undefined ? [] : [linked]), ...meant.map((person) => person.userId)])];
  }

  /** Links a person who is new in an organization or has signed in. `null` where they are not of the organization. */
  async linkPerson(
    trx: MirrorTransaction,
    organizationId: string,
    userId: string,
  ): Promise<{ person: KnownPerson; verifiedDomains: Set<string> } | null> {
    const [self] = await this.people.find(trx, organizationId, { userIds: [userId] });
    if (!self) return null;
    const person = toPerson(organizationId, self);
    const { idpIds, email } = person;
    await this.takeTurn(trx, organizationId, { idpIds, emails: [email] });
    const alike = await this.people.find(trx, organizationId, {
      idpIds,
      emails: email === null ? [] : spellingsOf(email),
    });
    const others = alike.filter((other) => other.userId !== userId);
    const verifiedDomains = await this.facts.verifiedDomains(trx, organizationId);
    await this.link(
      trx,
      [person, ...others.map((other) => toPerson(organizationId, other))],
      verifiedDomains,
    );
    return { person, verifiedDomains };
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
    for (const record of ambiguous) {
      // Not awaited: it needs a connection of its own, and who waits for one while holding one may wait for ever.
      void this.audit.record(
        {
          action: 'directory_link.refused',
          reason: 'ambiguous',
          organizationId,
          details: { directoryUser: record.id },
        },
        null,
      );
    }
    return links;
  }
}

function toPerson(
  organizationId: string,
  { userId, email, idpIds }: { userId: string; email: string; idpIds: readonly string[] },
): KnownPerson {
  return { organizationId, userId, idpIds, email: emailKey(email) };
}
