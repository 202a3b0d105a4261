import { Controller, Delete, Get, HttpCode, Param, Query, Req, VERSION_NEUTRAL } from '@nestjs/common';
import type { Request } from 'express';
import { Answers, Does } from '../../common/answer.decorators.js';
import { cursorId, pageQuery, pageSchema, type Page, type PageQuery } from '../../common/pagination.js';
import { ProblemError } from '../../common/problem-error.js';
import { requestOrigin } from '../../common/request-origin.js';
import type { UserPrincipal } from '../../identity/principal.js';
import { SessionRevoker } from '../../sessions/session-revoker.service.js';
import { sessionSummary, type SessionSummary } from '../../sessions/session-summary.schemas.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { RequirePrincipal } from '../access/auth.decorators.js';
import { CurrentPrincipal } from '../access/principal.decorators.js';
import { FixedAddress } from '../routes/fixed-address.decorator.js';

/** The caller's own sessions. */
@RequirePrincipal('user')
@FixedAddress('console')
@Controller({ path: 'v1/sessions', version: VERSION_NEUTRAL })
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly revoker: SessionRevoker,
  ) {}

  @Answers(pageSchema(sessionSummary), 'My sessions, the newest first')
  @Get()
  list(
    @CurrentPrincipal() principal: UserPrincipal,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<SessionSummary>> {
    return this.sessions.list(principal, query.limit, cursorId(query));
  }

  /** A session of somebody else is not there, as far as the caller can tell. */
  @Does('Ends a session of mine')
  @Delete(':id')
  @HttpCode(204)
  async end(
    @CurrentPrincipal() { user }: UserPrincipal,
    @Param('id') id: string,
    @Req() request: Request,
  ): Promise<void> {
    if (!(await this.revoker.endOwn(id, user.id, requestOrigin(request))))
      throw new ProblemError('not_found');
  }

  @Does('Ends all my sessions but this one')
  @Delete()
  @HttpCode(204)
  async endOthers(@CurrentPrincipal() principal: UserPrincipal, @Req() request: Request): Promise<void> {
    const own = { kind: 'user', id: principal.user.id } as const;
    await this.revoker.revoke(own, 'revoked_by_user', requestOrigin(request), principal);
  }
}
