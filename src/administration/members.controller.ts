import { Controller, Delete, Get, HttpCode, Param, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { CurrentOrganization, CurrentPrincipal, RequirePermissions } from '../auth/index.js';
import type { Organization, Principal } from '../auth/index.js';
import { cursorId, pageQuery, type Page, type PageQuery } from '../common/pagination.js';
import { requestOrigin } from '../common/request-origin.js';
import type { RoleSource } from '../directories/explain-roles.js';
import type { SessionSummary } from '../sessions/sessions.service.js';
import type { Member } from '../sync/members.service.js';
import { Members } from './members.service.js';

/** The people of the caller's organization. Somebody of another one is not there. */
@Controller('v1/organization/members')
export class MembersController {
  constructor(private readonly members: Members) {}

  @RequirePermissions('members:read')
  @Get()
  list(
    @CurrentOrganization() { id }: Organization,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<Member>> {
    return this.members.list(id, query.limit, cursorId(query));
  }

  /** Why does somebody have their roles? */
  @RequirePermissions('members:read')
  @Get(':userId/roles')
  async explainRoles(
    @CurrentOrganization() { id }: Organization,
    @Param('userId') userId: string,
  ): Promise<{ roles: readonly RoleSource[] }> {
    return { roles: await this.members.explainRoles(id, userId) };
  }

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
