import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import type { Principal } from '../auth/index.js';
import { pageOf, type Page } from '../common/pagination.js';
import { ProblemError } from '../common/problem-error.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { memberOf } from '../sessions/session-record.js';
import { SessionRevoker } from '../sessions/session-revoker.service.js';
import { SessionsService, type SessionSummary } from '../sessions/sessions.service.js';
import { actBy } from './administrator.js';
import { MembersRepository, type Member } from './members.repository.js';

/** Where a role of somebody's comes from. */
export interface RoleSource {
  readonly role: string;
  readonly from: 'workos' | 'group' | 'default';
  readonly group?: { readonly id: string; readonly name: string };
}

/** What administrators see of the members and do about their sessions. Whoever is no member here is `not_found`. */
@Injectable()
export class Members {
  constructor(
    private readonly repository: MembersRepository,
    private readonly sessions: SessionsService,
    private readonly revoker: SessionRevoker,
    private readonly audit: AuditLog,
  ) {}

  async list(organizationId: string, limit: number, cursor: string | undefined): Promise<Page<Member>> {
    return pageOf(await this.repository.list(organizationId, limit + 1, cursor), limit);
  }

  async explainRoles(organizationId: string, userId: string): Promise<readonly RoleSource[]> {
    const { roles } = await this.memberNamed(organizationId, userId);
    return roles.map((role) => ({ role, from: 'workos' }));
  }

  async listSessions(
    organizationId: string,
    userId: string,
    currentId: string,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<SessionSummary>> {
    await this.memberNamed(organizationId, userId);
    return this.sessions.listOfMember(organizationId, userId, currentId, limit, cursor);
  }

  async endSessions(
    organizationId: string,
    userId: string,
    principal: Principal,
    origin: RequestOrigin,
  ): Promise<void> {
    await this.memberNamed(organizationId, userId);
    const count = await this.revoker.revoke(
      memberOf(organizationId, userId),
      'revoked_by_administrator',
      origin,
    );
    // What was ended is on record by now; this one says by whom.
    await this.audit.record(actBy(principal, 'member.signed_out', { memberId: userId, count }), origin);
  }

  private async memberNamed(organizationId: string, userId: string): Promise<Member> {
    const member = await this.repository.find(organizationId, userId);
    if (!member) throw new ProblemError('not_found');
    return member;
  }
}
