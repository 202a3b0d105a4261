import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import type { Principal } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { Config } from '../config/config.js';
import { AdminPortal, PORTAL_LINK_LIFE, type PortalIntent } from '../identity/admin-portal.port.js';
import { actBy } from './administrator.js';
import type { PortalLink } from './organization-view.schemas.js';

/** Hands out links to the Admin Portal. A link lets its holder in: it is passed on once, and written nowhere. */
@Injectable()
export class PortalLinks {
  constructor(
    private readonly portal: AdminPortal,
    private readonly config: Config,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async create(
    organizationId: string,
    intent: PortalIntent,
    principal: Principal,
    origin: RequestOrigin,
  ): Promise<PortalLink> {
    // Counted from before the question: a link never lives longer than is said here.
    const expiresAt = new Date(this.clock.now().getTime() + PORTAL_LINK_LIFE * 1000);
    const returnUrl = `${this.config.appUrl}/?view=organization`;
    const link = await this.portal.createLink({ organizationId, intent, returnUrl });
    await this.audit.record(actBy(principal, 'portal.link_created', { intent }), origin);
    return { link, expiresAt };
  }
}
