import { domainOfKey } from '../identity/email-key.js';

/** A person of one organization: a user, the subjects that its identity providers give them, and their address. */
export interface KnownPerson {
  readonly organizationId: string;
  readonly userId: string;
  readonly idpIds: readonly string[];
  readonly email: string | null;
}

/** A user of a directory. */
export interface DirectoryRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly directoryId: string;
  readonly idpId: string;
  readonly email: string | null;
  /** Neither suspended nor deleted. */
  readonly active: boolean;
  readonly deleted: boolean;
  /** Whom it is linked to already. */
  readonly userId: string | null;
}

export interface Links {
  readonly links: readonly Link[];
  /** What could be linked in more than one way, and so is not. */
  readonly ambiguous: readonly DirectoryRecord[];
}

export interface Link {
  readonly record: DirectoryRecord;
  readonly userId: string;
  readonly by: 'idp' | 'email';
}

/** Whether a record may mean a person at all, and by what. Never across organizations. */
export function meaning(
  record: DirectoryRecord,
  person: KnownPerson,
  verifiedDomains: ReadonlySet<string>,
): 'idp' | 'email' | null {
  if (record.organizationId !== person.organizationId) return null;
  if (person.idpIds.includes(record.idpId)) return 'idp';
  if (record.email === null || record.email !== person.email) return null;
  // An address on a domain that nobody showed to be the organization's may be anybody's, and anybody may type it in.
  return verifiedDomains.has(domainOfKey(record.email)) ? 'email' : null;
}

/**
 * Which of these records are which of these people. The subject of the identity provider counts before the e-mail; whatever
 * is not plain is left open, for a wrong link would give one person the groups of another. A link that exists stays, and
 * nobody is linked to two living records of one directory.
 */
export function linkPeople(
  people: readonly KnownPerson[],
  records: readonly DirectoryRecord[],
  verifiedDomains: ReadonlySet<string>,
): Links {
  const links: Link[] = [];
  const ambiguous = new Set<DirectoryRecord>();
  const taken = new Set(records.filter((record) => !record.deleted).flatMap(placesOf));
  for (const by of ['idp', 'email'] as const) {
    const open = records.filter((record) => record.userId === null && !isLinked(links, record));
    const means = (record: DirectoryRecord, person: KnownPerson) =>
      meaning(record, person, verifiedDomains) === by &&
      (record.deleted || !taken.has(placeOf(record, person.userId)));
    // Looked at as they were before this round: which comes first must not matter.
    const matches = open.map((record) => {
      const candidates = people.filter((person) => means(record, person));
      const rivals = candidates.flatMap((person) =>
        open.filter((other) => isRival(other, record) && means(other, person)),
      );
      return { record, candidates, contested: rivals.length > 0 };
    });
    for (const { record, candidates, contested } of matches) {
      const [person, ...others] = candidates;
      if (!person) continue;
      if (others.length > 0 || contested) ambiguous.add(record);
      else links.push({ record, userId: person.userId, by });
      if (!record.deleted) for (const { userId } of candidates) taken.add(placeOf(record, userId));
    }
  }
  return { links, ambiguous: [...ambiguous].filter((record) => !isLinked(links, record)) };
}

/** A record that is gone is no rival: a person who comes back gets a new one beside it. */
function isRival(other: DirectoryRecord, record: DirectoryRecord): boolean {
  return (
    other.id !== record.id && other.directoryId === record.directoryId && !other.deleted && !record.deleted
  );
}

function placeOf({ directoryId }: DirectoryRecord, userId: string): string {
  return `${directoryId} ${userId}`;
}

function placesOf(record: DirectoryRecord): string[] {
  return record.userId === null ? [] : [placeOf(record, record.userId)];
}

function isLinked(links: readonly Link[], { id }: DirectoryRecord): boolean {
  return links.some(({ record }) => record.id === id);
}
