import { Injectable } from '@nestjs/common';
import { ProblemError } from '../common/problem-error.js';
import { Database, withStore } from '../database/database.js';
import { DirectoriesService, type DirectoryStanding } from '../directories/directories.service.js';
import { passesGate, type Standing } from '../directories/standing.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationFactsRepository } from '../organizations/organization-facts.repository.js';
import { PeopleRepository } from '../users/people.repository.js';
import { PeopleLinker } from './people-linker.service.js';

/** What is said of somebody who may enter. */
export interface Entry extends DirectoryStanding {
  /** A directory or WorkOS has them already: they are no stranger, even where they come for the first time. */
  readonly isExpected: boolean;
}

const NOTHING_SAID: DirectoryStanding = { standing: 'unknown', groups: [], directoryId: null };

/** What directories have to say about somebody who is about to enter their organization. */
@Injectable()
export class DirectoryAdmission {
  constructor(
    private readonly database: Database,
    private readonly linker: PeopleLinker,
    private readonly directories: DirectoriesService,
    private readonly facts: OrganizationFactsRepository,
    private readonly people: PeopleRepository,
  ) {}

  /**
   * In the transaction that makes the person a member: a suspension that arrives at the same moment either is seen here, or
   * finds whom it means and ends the sign-in by its mark. Nothing of the person is kept where this throws.
   * @throws `account_deactivated` or `group_required`
   */
  async admit(trx: MirrorTransaction, organizationId: string, userId: string): Promise<Entry> {
    const found = await this.linker.linkPerson(trx, organizationId, userId);
    const standing = found
      ? await this.directories.standingIn(trx, found.person, found.verifiedDomains)
      : NOTHING_SAID;
    const atWorkos = found && (await this.people.statusAtWorkos(trx, organizationId, found.person.userId));
    if (standing.standing === 'deactivated' || atWorkos === 'inactive')
      throw new ProblemError('account_deactivated');
    const { requiredGroups } = await this.facts.policy(trx, organizationId);
    if (!passesGate(standing.groups, requiredGroups)) throw new ProblemError('group_required');
    return { ...standing, isExpected: standing.standing === 'active' || atWorkos !== null };
  }

  /**
   * Whether somebody might enter, while nothing is written yet.
   * @returns what the directories say of them otherwise
   * @throws `account_deactivated`
   */
  async refuseDeactivated(
    organizationId: string,
    user: { readonly id: string; readonly email: string },
  ): Promise<Exclude<Standing, 'deactivated'>> {
    const verifiedDomains = await withStore(() => this.facts.verifiedDomains(this.database, organizationId));
    const { id: userId, email } = user;
    const question = { organizationId, userId, idpId: null, email, verifiedDomains };
    const { standing } = await this.directories.standing(question);
    if (standing === 'deactivated') throw new ProblemError('account_deactivated');
    return standing;
  }
}
