import { Injectable } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { ResourceAccess, type AccessQuestion } from '../identity/resource-access.port.js';
import { classify, unavailable } from './workos.errors.js';

/** Single resources, by WorkOS's authorization check. A refusal of the question itself is ours to mend: unavailable. */
@Injectable()
export class WorkosResourceAccess extends ResourceAccess {
  constructor(private readonly workos: WorkOS) {
    super();
  }

  async isAuthorized({
    membershipId,
    permission,
    resourceType,
    resourceId,
  }: AccessQuestion): Promise<boolean> {
    try {
      const answer: { readonly authorized?: unknown } = await this.workos.authorization.check({
        organizationMembershipId: membershipId,
        permissionSlug: permission,
        resourceTypeSlug: resourceType,
        resourceExternalId: resourceId,
      });
      return answer.authorized === true;
    } catch (error) {
      if (classify(error).kind === 'not-found') return false;
      throw unavailable(error);
    }
  }
}
