import { Body, Controller, HttpCode, Post, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Answers } from '../../common/answer.decorators.js';
import { requestOrigin } from '../../common/request-origin.js';
import { isIdentifier } from '../../identity/identifiers.js';
import type { UserPrincipal } from '../../identity/principal.js';
import { RequirePrincipal } from '../access/auth.decorators.js';
import { CurrentPrincipal } from '../access/principal.decorators.js';
import { Cookies } from '../credentials/cookies.js';
import { meOf } from './me.controller.js';
import { me, type Me } from './me.schemas.js';
import { OrganizationSwitch } from './organization-switch.service.js';

const wantedOrganization = z.strictObject({
  organizationId: z
    .string()
    .refine((value) => isIdentifier('org', value), 'must be a WorkOS id that begins with org_'),
});

const SWITCH_PROBLEMS = { problems: ['not_a_member', 'sso_required', 'upstream_unavailable'] } as const;

/** The organization of the caller's session. */
@RequirePrincipal('user')
@Controller({ path: 'v1/session/organization', version: VERSION_NEUTRAL })
export class SessionOrganizationController {
  constructor(
    private readonly switches: OrganizationSwitch,
    private readonly cookies: Cookies,
  ) {}

  @Answers(me, 'Switches to another organization of mine', SWITCH_PROBLEMS)
  @Post()
  @HttpCode(200)
  async switch(
    @CurrentPrincipal() principal: UserPrincipal,
    @Body({ schema: wantedOrganization }) { organizationId }: z.infer<typeof wantedOrganization>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Me> {
    const switched = await this.switches.switch(principal, organizationId, requestOrigin(request));
    this.cookies.setSession(response, switched.token);
    return meOf(switched.principal);
  }
}
