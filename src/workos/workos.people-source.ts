import { Injectable } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { isIdentifier } from '../identity/identifiers.js';
import { PeopleSource, type PersonRecord } from '../identity/people-source.port.js';
import { classify, unavailable } from './workos.errors.js';

/** Users of AuthKit and their sessions, read from WorkOS's API. */
@Injectable()
export class WorkosPeopleSource extends PeopleSource {
  constructor(private readonly workos: WorkOS) {
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
    if (!isIdentifier('user', userId)) return null;
    try {
      const { data } = await this.workos.userManagement.listOrganizationMemberships({
        userId,
        organizationId,
        statuses: ['active'],
      });
      const own = data.find((one) => one.userId === userId && one.organizationId === organizationId);
      return own?.status === 'active' ? own.id : null;
    } catch (error) {
      if (classify(error).kind === 'not-found') return null;
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
}
