import { Injectable } from '@nestjs/common';
import { DirectoryRecordsRepository } from '../directories/directory-records.repository.js';
import { domainOfKey, emailKey, spellingsOf } from '../identity/email-key.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationFactsRepository } from '../organizations/organization-facts.repository.js';
import { PeopleRepository } from '../users/people.repository.js';

/** Keys that one statement looks for. */
const AT_ONCE = 1000;

/** The people of whom a directory as a whole says something. */
@Injectable()
export class DirectoryPeople {
  constructor(
    private readonly records: DirectoryRecordsRepository,
    private readonly people: PeopleRepository,
    private readonly facts: OrganizationFactsRepository,
  ) {}

  /**
   * Whoever depends on a directory: not those alone whom its records are linked to, for a link may be late or may never have
   * been made, and not those whom another directory of the organization has as active.
   */
  async of(trx: MirrorTransaction, directoryId: string, organizationId: string): Promise<string[]> {
    const verified = await this.facts.verifiedDomains(trx, organizationId);
    const keys = await this.records.keysIn(trx, directoryId);
    const meant: string[] = [];
    for (let at = 0; at < keys.length; at += AT_ONCE)
      meant.push(...(await this.meantBy(trx, organizationId, keys.slice(at, at + AT_ONCE), verified)));
    return this.records.usersIn(trx, directoryId, organizationId, meant);
  }

  /** As `meaning` has it, for many at once. */
  private async meantBy(
    trx: MirrorTransaction,
    organizationId: string,
    keys: readonly { readonly idpId: string; readonly email: string | null }[],
    verified: ReadonlySet<string>,
  ): Promise<string[]> {
    const subjects = new Set(keys.map(({ idpId }) => idpId));
    const addresses = new Set(
      keys.flatMap(({ email }) => (email !== null && verified.has(domainOfKey(email)) ? email : [])),
    );
    const found = await this.people.find(trx, organizationId, {
      idpIds: [...subjects],
      emails: [...addresses].flatMap(spellingsOf),
    });
    return found
      .filter(
        ({ idpIds, email }) =>
          idpIds.some((idpId) => subjects.has(idpId)) || addresses.has(emailKey(email) ?? ''),
      )
      .map(({ userId, sameAs }) => sameAs ?? userId);
  }
}
