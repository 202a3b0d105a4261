import { Injectable } from '@nestjs/common';
import { WorkOS, type OrganizationMembership } from '@workos-inc/node';
import { Clock } from '../common/clock.js';
import { isIdentifier } from '../identity/identifiers.js';
import { PeopleSource, type PersonRecord } from '../identity/people-source.port.js';
import { isMadeBySignIn } from './membership-origin.js';
import { classify, unavailable } from './workos.errors.js';

/** Users of AuthKit and their sessions, read from WorkOS's API. */
@Injectable()
export class WorkosPeopleSource extends PeopleSource {
  constructor(
    private readonly workos: WorkOS,
    private readonly clock: Clock,
  ) {
    super();
  }

  async findUser(userId: string): Promise<PersonRecord | null> {
    if (!isIdentifier('user', userId)) return null;
    try {
      const { id, email, firstName, lastName, profilePictureUrl } =
        await this.workos.userManagement.getUser(userId);
      return { id, email, firstName, lastName, profilePictureUrl };
    } catch (error) {
      if (classify(error).kind === 'not-found') return null;
      throw unavailable(error);
    }
  }

  async membershipId(organizationId: string, userId: string): Promise<string | null> {
    return (await this.membership(organizationId, userId))?.id ?? null;
  }

  async isAnnounced(organizationId: string, userId: string, startedAt: Date | null): Promise<boolean> {
    const own = await this.membership(organizationId, userId);
    if (!own) return false;
    const before = startedAt ?? this.clock.now();
    const createdAt = new Date(own.createdAt);
    if (createdAt >= before) return false;
    try {
      return !(await isMadeBySignIn(this.workos, { organizationId, userId, createdAt }, before));
    } catch (error) {
      throw unavailable(error);
    }
  }

  async methodOf(userId: string, sessionId: string): Promise<string | null> {
    if (!isIdentifier('user', userId)) return null;
    try {
      // Without a limit of its own the list goes through all pages.
      const sessions = await (await this.workos.userManagement.listSessions(userId)).autoPagination();
      const found = sessions.find(({ id, status }) => id === sessionId && status === 'active');
      return found?.authMethod.toLowerCase() ?? null;
    } catch (error) {
      if (classify(error).kind === 'not-found') return null;
      throw unavailable(error);
    }
  }

  private async membership(organizationId: string, userId: string): Promise<OrganizationMembership | null> {
    if (!isIdentifier('user', userId)) return null;
    try {
      const { data } = await this.workos.userManagement.listOrganizationMemberships({
        userId,
        organizationId,
        statuses: ['active'],
      });
      const own = data.find((one) => one.userId === userId && one.organizationId === organizationId);
      return own?.status === 'active' ? own : null;
    } catch (error) {
      if (classify(error).kind === 'not-found') return null;
      throw unavailable(error);
    }
  }
}
