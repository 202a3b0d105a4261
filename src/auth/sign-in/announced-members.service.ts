import { Injectable } from '@nestjs/common';
import type { ExternalIdentity } from '../../identity/identity-provider.port.js';
import { PeopleSource } from '../../identity/people-source.port.js';
import type { StoredOrganization } from '../../organizations/organizations.repository.js';
import { UsersService } from '../../users/users.service.js';

/**
 * Who is expected in an organization that takes nobody just because they come. WorkOS makes a member of everybody who comes
 * through a connection, also of somebody who is then refused here, and tells of it: to be a member is not to be announced.
 */
@Injectable()
export class AnnouncedMembers {
  constructor(
    private readonly users: UsersService,
    private readonly people: PeopleSource,
  ) {}

  /**
   * Says nothing of what a directory knows.
   * @param startedAt when the sign-in began, where there is one: what it made of the person is no announcement
   */
  async has(
    { id, policy }: StoredOrganization,
    account: ExternalIdentity['account'],
    startedAt: Date | null,
  ): Promise<boolean> {
    if (policy.justInTime) return true;
    // Standalone SSO knows no members: there it is known who was let in before, and found where they are provisioned.
    if (account.kind !== 'user') return false;
    if (await this.users.hasJoined(id, account.userId)) return true;
    return this.people.isAnnounced(id, account.userId, startedAt);
  }
}
