import { Injectable } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { ProblemError } from '../common/problem-error.js';
import { Config } from '../config/config.js';
import { AdminPortal, type PortalLinkRequest } from '../identity/admin-portal.port.js';
import { classify, redacted, unavailable } from './workos.errors.js';

/** Links to the Admin Portal, from WorkOS's API. */
@Injectable()
export class WorkosAdminPortal extends AdminPortal {
  constructor(
    private readonly workos: WorkOS,
    private readonly config: Config,
  ) {
    super();
  }

  async createLink({ organizationId, intent, returnUrl }: PortalLinkRequest): Promise<string> {
    const request = { organization: organizationId, intent, returnUrl, successUrl: returnUrl };
    const { link } = await this.workos.adminPortal.generateLink(request).catch((error: unknown) => {
      if (classify(error).kind === 'unavailable') throw unavailable(error);
      throw new ProblemError('portal_refused', { cause: redacted(error) });
    });
    if (!this.leadsToWorkos(link)) throw unavailable(new Error('The link is no address of a portal.'));
    return link;
  }

  /** The browser is sent there: whatever answers in WorkOS's place must not be able to name a script. */
  private leadsToWorkos(link: unknown): boolean {
    const url = typeof link === 'string' ? URL.parse(link) : null;
    return url?.protocol === 'https:' || url?.origin === new URL(this.config.workos.apiUrl).origin;
  }
}
