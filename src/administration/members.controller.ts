import { Controller, Delete, Get, HttpCode, Param, Query, Req, VERSION_NEUTRAL } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentOrganization, CurrentPrincipal, FixedAddress, RequirePermissions } from '../auth/index.js';
import type { Organization, Principal } from '../auth/index.js';
import { Answers, Does } from '../common/answer.decorators.js';
import { cursorId, pageQuery, pageSchema, type Page, type PageQuery } from '../common/pagination.js';
import { requestOrigin } from '../common/request-origin.js';
import { roleSource, type RoleSource } from '../directories/role-source.schemas.js';
import { sessionSummary, type SessionSummary } from '../sessions/session-summary.schemas.js';
import { member, type Member } from '../sync/member.schemas.js';
import { Members } from './members.service.js';

const memberRoles = z.object({ roles: z.array(roleSource) });

/** The people of the caller's organization. Somebody of another one is not there. */
@FixedAddress('console')
@Controller({ path: 'v1/organization/members', version: VERSION_NEUTRAL })
export class MembersController {
  constructor(private readonly members: Members) {}

  @Answers(pageSchema(member), 'Members of the organization, the newest first')
  @RequirePermissions('members:read')
  @Get()
  list(
    @CurrentOrganization() { id }: Organization,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<Member>> {
    return this.members.list(id, query.limit, cursorId(query));
  }

  /** Why does somebody have their roles? */
  @Answers(memberRoles, 'Why a member has their roles')
  @RequirePermissions('members:read')
  @Get(':userId/roles')
  async explainRoles(
    @CurrentOrganization() { id }: Organization,
    @Param('userId') userId: string,
  ): Promise<{ roles: readonly RoleSource[] }> {
    return { roles: await this.members.explainRoles(id, userId) };
  }

  @Answers(pageSchema(sessionSummary), "A member's sessions in the organization, the newest first")
  @RequirePermissions('members:read')
  @Get(':userId/sessions')
  listSessions(
    @CurrentOrganization() { id }: Organization,
    @CurrentPrincipal() principal: Principal,
    @Param('userId') userId: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<SessionSummary>> {
    return this.members.listSessions(id, userId, currentIdOf(principal), query.limit, cursorId(query));
  }

  /** Ends what they have open in this organization. Their sessions in another one go on. */
  @Does("Ends a member's sessions in the organization")
  @RequirePermissions('members:manage')
  @Delete(':userId/sessions')
  @HttpCode(204)
  async endSessions(
    @CurrentOrganization() { id }: Organization,
    @CurrentPrincipal() principal: Principal,
    @Param('userId') userId: string,
    @Req() request: Request,
  ): Promise<void> {
    await this.members.endSessions(id, userId, principal, requestOrigin(request));
  }
}

/** Only a person has a session that could be the one of this very request. */
function currentIdOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.session.id : '';
}
