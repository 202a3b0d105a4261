import { Injectable } from '@nestjs/common';
import { Database, withStore } from '../database/database.js';
import { DirectoryRecordsRepository } from './directory-records.repository.js';
import type { Queries } from './directory-tables.js';
import { emailKey } from '../identity/email-key.js';
import type { KnownPerson } from './link-people.js';
import { standingOf, type DirectoryGroup, type Standing } from './standing.js';

export interface StandingQuestion {
  readonly organizationId: string;
  readonly userId: string;
  /** The subject that the identity provider gave; `null` where it is not known. */
  readonly idpId: string | null;
  readonly email: string;
  /** Those of this organization, in canonical form. */
  readonly verifiedDomains: ReadonlySet<string>;
}

export interface DirectoryStanding {
  readonly standing: Standing;
  /** The groups of the records that are linked to the person and active. */
  readonly groups: readonly DirectoryGroup[];
  /** The directory that the person's sessions depend on. */
  readonly directoryId: string | null;
}

/** What the directories of an organization say of its people. It asks nobody but the local copy. */
@Injectable()
export class DirectoriesService {
  constructor(
    private readonly database: Database,
    private readonly records: DirectoryRecordsRepository,
  ) {}

  standing(question: StandingQuestion): Promise<DirectoryStanding> {
    const { organizationId, userId, idpId, email, verifiedDomains } = question;
    const idpIds = idpId === null ? [] : [idpId];
    const person = { organizationId, userId, idpIds, email: emailKey(email) };
    return withStore(() => this.standingIn(this.database, person, verifiedDomains));
  }

  /** The same inside a transaction, which sees what it has written itself. */
  async standingIn(
    db: Queries,
    person: KnownPerson,
    verifiedDomains: ReadonlySet<string>,
  ): Promise<DirectoryStanding> {
    const { organizationId, userId, idpIds, email } = person;
    const keys = { userIds: [userId], idpIds, emails: email === null ? [] : [email] };
    const records = await this.records.find(db, organizationId, keys);
    const { standing, own } = standingOf(person, records, verifiedDomains);
    const active = own.filter((record) => record.active);
    const groups = await this.records.groupsOf(
      db,
      active.map(({ id }) => id),
    );
    return { standing, groups, directoryId: active[0]?.directoryId ?? null };
  }

  /** Which of these people are deactivated, however many they are. */
  async deactivated(
    organizationId: string,
    users: readonly { readonly id: string; readonly email: string }[],
    verifiedDomains: ReadonlySet<string>,
  ): Promise<Set<string>> {
    const people = users.map(({ id, email }) => ({
      organizationId,
      userId: id,
      idpIds: [],
      email: emailKey(email),
    }));
    const keys = {
      userIds: people.map(({ userId }) => userId),
      idpIds: [],
      emails: people.flatMap(({ email }) => email ?? []),
    };
    const records = await withStore(() => this.records.find(this.database, organizationId, keys));
    const gone = people.filter(
      (person) => standingOf(person, records, verifiedDomains).standing === 'deactivated',
    );
    return new Set(gone.map(({ userId }) => userId));
  }
}
