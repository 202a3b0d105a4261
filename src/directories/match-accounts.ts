import { domainOfKey } from '../identity/email-key.js';
import type { DirectoryRecord } from './link-people.js';

/** An account of one organization: one that came through its connections, or WorkOS's own, which has no subject here. */
export interface Account {
  readonly userId: string;
  /** The subjects that connections of the organization gave it. */
  readonly idpIds: readonly string[];
  readonly email: string | null;
  /** The account that is known to be the same person's. */
  readonly sameAs: string | null;
  /** Now: somebody who came once and left is nobody's other half. */
  readonly isMember: boolean;
}

/** Two accounts of one person. */
export interface Pair {
  readonly profile: Account;
  readonly workos: Account;
}

/**
 * Which profiles of an organization's connections are the persons whom WorkOS itself has as members of it. A directory record
 * with the profile's subject counts before the e-mail, and the e-mail only on a domain that is verified for the
 * organization. Whatever could mean two of either kind is left apart, and a pair that exists stays.
 * @param accounts all of one organization
 * @param records all of the same organization
 */
export function matchAccounts(
  accounts: readonly Account[],
  records: readonly DirectoryRecord[],
  verifiedDomains: ReadonlySet<string>,
): Pair[] {
  const members = accounts.filter(({ isMember }) => isMember);
  const profiles = members.filter(({ idpIds }) => idpIds.length > 0);
  const others = members.filter(({ idpIds }) => idpIds.length === 0);
  const areKnown: Means = (profile, workos) =>
    profile.sameAs === workos.userId || workos.sameAs === profile.userId;
  const pairs = pairsOf(profiles, others, areKnown);
  const isVerified = (email: string) => verifiedDomains.has(domainOfKey(email));
  for (const means of [bySubject(records, isVerified), byEmail(isVerified)]) {
    const isOpen = ({ userId, sameAs }: Account) =>
      sameAs === null &&
      !pairs.some(({ profile, workos }) => [profile.userId, workos.userId].includes(userId));
    const found = pairsOf(
      profiles.filter(isOpen),
      others.filter(isOpen),
      (profile, workos) => means(profile, workos) && !areTwo(profile, workos, records),
    );
    pairs.push(...found);
  }
  return pairs;
}

type Means = (profile: Account, workos: Account) => boolean;

function byEmail(isVerified: (email: string) => boolean): Means {
  return (profile, workos) =>
    profile.email !== null && profile.email === workos.email && isVerified(profile.email);
}

function bySubject(records: readonly DirectoryRecord[], isVerified: (email: string) => boolean): Means {
  return (profile, workos) =>
    records.some(({ idpId, userId, email, deleted }) => {
      if (deleted || !profile.idpIds.includes(idpId)) return false;
      if (userId === workos.userId) return true;
      const isFree = userId === null || userId === profile.userId;
      return isFree && email !== null && email === workos.email && isVerified(email);
    });
}

/** One directory has both, as two people. */
function areTwo(profile: Account, workos: Account, records: readonly DirectoryRecord[]): boolean {
  const living = records.filter(({ deleted }) => !deleted);
  const own = living.filter(({ userId }) => userId === profile.userId);
  return own.some(({ directoryId }) =>
    living.some((record) => record.userId === workos.userId && record.directoryId === directoryId),
  );
}

/** Those that mean each other and nobody else. */
function pairsOf(profiles: readonly Account[], others: readonly Account[], means: Means): Pair[] {
  return profiles.flatMap((profile) => {
    const [workos, ...more] = others.filter((other) => means(profile, other));
    if (!workos || more.length > 0) return [];
    const rivals = profiles.filter((rival) => rival !== profile && means(rival, workos));
    return rivals.length > 0 ? [] : [{ profile, workos }];
  });
}
