import { Body, Controller, Get, Post, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Does } from '../../common/answer.decorators.js';
import { requestOrigin } from '../../common/request-origin.js';
import { Config } from '../../config/config.js';
import type { UserPrincipal } from '../../identity/principal.js';
import { OptionalAuth, Public } from '../access/auth.decorators.js';
import { CrossOriginGuard } from '../access/cross-origin.guard.js';
import { BrowserSession } from '../access/principal.decorators.js';
import { FixedAddress } from '../routes/fixed-address.decorator.js';
import { Cookies } from '../credentials/cookies.js';
import { plainPage } from '../sign-in/plain-page.js';
import { SSO_ANSWERS } from '../sign-in/sso.answers.js';
import { BreakGlassService } from './break-glass.service.js';

const redemption = z.object({ code: z.string().max(200) });

/** The code goes into a form and its body alone: addresses stand in logs, histories and `Referer`. */
const PAGE = plainPage(
  'Emergency access',
  `<p>For when your company's sign-in is down. Enter the code that your operator gave you: it is good once.</p>
<form method="post" action="/auth/break-glass">
<p><label for="code">Code</label></p>
<p><input id="code" name="code" type="password" autocomplete="off" required maxlength="200"></p>
<p><button class="button primary">Sign in</button></p>
</form>
<p><a href="/sign-in">Sign in as usual</a></p>`,
);

@FixedAddress('browser')
@Controller({ path: 'auth/break-glass', version: VERSION_NEUTRAL })
export class BreakGlassController {
  constructor(
    private readonly service: BreakGlassService,
    private readonly cookies: Cookies,
    private readonly crossOrigin: CrossOriginGuard,
    private readonly config: Config,
  ) {}

  @Does('The page for emergency access', SSO_ANSWERS.breakGlassPage)
  @Public()
  @Get()
  page(@Res() response: Response): void {
    response.type('html').send(PAGE);
  }

  @Does('Signs in with the code of an operator', SSO_ANSWERS.breakGlass)
  @OptionalAuth()
  @Post()
  async redeem(
    @Body({ schema: redemption }) { code }: z.infer<typeof redemption>,
    @BrowserSession() previous: UserPrincipal | null,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.crossOrigin.refuseOtherSites(request);
    this.cookies.setSession(response, await this.service.redeem(code, previous, requestOrigin(request)));
    response.redirect(303, `${this.config.appUrl}/`);
  }
}
