import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import type { Principal } from '../auth/index.js';
import type { Page } from '../common/pagination.js';
import { ProblemError } from '../common/problem-error.js';
import type { RequestOrigin } from '../common/request-origin.js';
import type { RoleSource } from '../directories/role-source.schemas.js';
import { memberOf } from '../sessions/session-record.js';
import { SessionRevoker } from '../sessions/session-revoker.service.js';
import type { SessionSummary } from '../sessions/session-summary.schemas.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { Member } from '../sync/member.schemas.js';
import { MembersService } from '../sync/members.service.js';
import { actBy } from './administrator.js';

/** What administrators see of the members and do about their sessions. Whoever is no member here is `not_found`. */
@Injectable()
export class Members {
  constructor(
    private readonly members: MembersService,
    private readonly sessions: SessionsService,
    private readonly revoker: SessionRevoker,
    private readonly audit: AuditLog,
  ) {}

  list(organizationId: string, limit: number, cursor: string | undefined): Promise<Page<Member>> {
    return this.members.list(organizationId, limit, cursor);
  }

  async explainRoles(organizationId: string, userId: string): Promise<readonly RoleSource[]> {
    const sources = await this.members.explainRoles(organizationId, userId);
    if (!sources) throw new ProblemError('not_found');
    return sources;
  }

  async listSessions(
    organizationId: string,
    userId: string,
    currentId: string,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<SessionSummary>> {
    const { id } = await this.memberBy(organizationId, userId);
    return this.sessions.listOfMember(organizationId, id, currentId, limit, cursor);
  }

  async endSessions(
    organizationId: string,
    userId: string,
    principal: Principal,
    origin: RequestOrigin,
  ): Promise<void> {
    const { id } = await this.memberBy(organizationId, userId);
    const count = await this.revoker.revoke(memberOf(organizationId, id), 'revoked_by_administrator', origin);
    // What was ended is on record by now; this one says by whom.
    await this.audit.record(actBy(principal, 'member.signed_out', { memberId: id, count }), origin);
  }

  /** By either of the accounts that they may have. */
  private async memberBy(organizationId: string, userId: string): Promise<Member> {
    const member = await this.members.find(organizationId, userId);
    if (!member) throw new ProblemError('not_found');
    return member;
  }
}
