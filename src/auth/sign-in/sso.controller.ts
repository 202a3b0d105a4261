import { All, Body, Controller, Get, HttpCode, Post, Query, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Does } from '../../common/answer.decorators.js';
import { wantsPage } from '../../common/problem.filter.js';
import { ProblemError } from '../../common/problem-error.js';
import { requestOrigin } from '../../common/request-origin.js';
import { Config } from '../../config/config.js';
import type { Principal, UserPrincipal } from '../../identity/principal.js';
import { AllowImpersonation, OptionalAuth, Public } from '../access/auth.decorators.js';
import { BrowserSession, CurrentPrincipal } from '../access/principal.decorators.js';
import { FixedAddress } from '../routes/fixed-address.decorator.js';
import { CallbackService, type CallbackOutcome } from './callback.service.js';
import { choicePage, connectionChoicePage } from './choice-page.js';
import { ConnectionMemory } from './connection-memory.js';
import { Cookies } from '../credentials/cookies.js';
import { LogoutService } from './logout.service.js';
import { resolveReturnTo } from './return-to.js';
import { SignInStartService } from './sign-in-start.service.js';
import {
  callbackQuery,
  loginQuery,
  organizationChoice,
  type CallbackQuery,
  type LoginQuery,
  type OrganizationChoiceBody,
} from './sign-in.schemas.js';
import { SSO_ANSWERS } from './sso.answers.js';

/** The browser's way in and out: `/auth/login`, `/auth/callback`, `/auth/logout`. */
@FixedAddress('browser')
@Controller({ path: 'auth', version: VERSION_NEUTRAL })
export class SsoController {
  constructor(
    private readonly starting: SignInStartService,
    private readonly callbacks: CallbackService,
    private readonly logouts: LogoutService,
    private readonly cookies: Cookies,
    private readonly memory: ConnectionMemory,
    private readonly config: Config,
    private readonly audit: AuditLog,
  ) {}

  @Does('Starts a sign-in', SSO_ANSWERS.login)
  @Public()
  @Get('login')
  async login(
    @Query({ schema: loginQuery }) query: LoginQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    onlyNavigation(request);
    const returnTo = await this.returnTo(query.return_to, request);
    const known = await this.memory.read(request);
    const plan = await this.starting
      .plan(query, returnTo, known, requestOrigin(request))
      .catch((error: unknown) => {
        throw error instanceof ProblemError && query.return_to !== undefined
          ? error.with({ returnTo })
          : error;
      });
    if (plan.kind === 'ask') {
      const search =
        query.return_to === undefined
          ? ''
          : `?${new URLSearchParams({ return_to: query.return_to }).toString()}`;
      response.redirect(302, `/sign-in${search}`);
      return;
    }
    if (plan.kind === 'choose-connection') {
      const { email, connections, lastConnectionId } = plan;
      if (wantsPage(request)) {
        const { organization, return_to, reauthenticate } = query;
        const kept = { ...(email === null ? { organization } : { email }), return_to, reauthenticate };
        response.type('html').send(connectionChoicePage({ email, kept, connections, lastConnectionId }));
      } else response.json({ code: 'connection_selection_required', connections, lastConnectionId });
      return;
    }
    const { organizationId, connectionId } = plan.start;
    const started = await this.starting.start(plan.start);
    if (plan.chosen && organizationId !== null && connectionId !== null)
      await this.memory.leave(known, organizationId, connectionId, response);
    this.cookies.signIns(request, response).set(started.flowId, started.sealed);
    response.redirect(302, started.location);
  }

  @Does('Ends a sign-in', SSO_ANSWERS.callback)
  @OptionalAuth()
  @Get('callback')
  async callback(
    @Query({ schema: callbackQuery }) query: CallbackQuery,
    @BrowserSession() previous: UserPrincipal | null,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    onlyNavigation(request);
    const jar = this.cookies.signIns(request, response);
    await this.answer(
      await this.callbacks.handle(query, { jar, previous, origin: requestOrigin(request) }),
      request,
      response,
    );
  }

  @Does('Goes on with the organization that was chosen', SSO_ANSWERS.organization)
  @AllowImpersonation()
  @OptionalAuth()
  @Post('organization')
  async organization(
    @Body({ schema: organizationChoice }) body: OrganizationChoiceBody,
    @BrowserSession() previous: UserPrincipal | null,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const jar = this.cookies.signIns(request, response);
    await this.answer(
      await this.callbacks.choose(body, { jar, previous, origin: requestOrigin(request) }),
      request,
      response,
    );
  }

  @Does('Signs out', SSO_ANSWERS.logout)
  @AllowImpersonation()
  @OptionalAuth()
  @Post('logout')
  @HttpCode(200)
  async logout(
    @CurrentPrincipal() principal: Principal | null,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const logoutUrl = principal && (await this.logouts.end(principal, requestOrigin(request)));
    this.cookies.clearSession(response);
    if (request.accepts(['html', 'json']) === 'json') response.json({ logoutUrl });
    else response.redirect(303, logoutUrl ?? this.config.logoutRedirectUrl);
  }

  /** A link or a prefetch must not sign anybody out. */
  @Public()
  @All('logout')
  logoutByLink(): never {
    throw new ProblemError('method_not_allowed', { headers: { Allow: 'POST' } });
  }

  private async answer(outcome: CallbackOutcome, request: Request, response: Response): Promise<void> {
    switch (outcome.kind) {
      case 'signed-in':
        this.cookies.setSession(response, outcome.token);
        await this.memory.arrive(outcome.organizationId, outcome.connectionId, request, response);
        response.redirect(303, outcome.location);
        return;
      case 'restarted':
        response.redirect(302, outcome.location);
        return;
      case 'choose-organization': {
        const { state, organizations } = outcome;
        if (wantsPage(request)) response.type('html').send(choicePage(state, organizations));
        else response.json({ code: 'organization_selection_required', state, organizations });
      }
    }
  }

  private async returnTo(value: string | undefined, request: Request): Promise<string> {
    if (value === undefined) return `${this.config.appUrl}/`;
    const resolved = resolveReturnTo(value, this.config.appUrl, this.config.returnToOrigins);
    if (resolved !== null) return resolved;
    const reason = 'invalid_return_to';
    await this.audit.recordStranger({ action: 'sign_in.refused', reason }, requestOrigin(request));
    throw new ProblemError(reason);
  }
}

/** `HEAD` and prefetches look, they do not act: neither starts a sign-in nor redeems one (RFC 9110, section 9.2.1). */
function onlyNavigation(request: Request): void {
  if (request.method !== 'GET') throw new ProblemError('method_not_allowed', { headers: { Allow: 'GET' } });
  const purposes = PURPOSES.map((name) => String(request.headers[name] ?? ''));
  if (/prefetch|prerender|preview/i.test(purposes.join(' '))) throw new ProblemError('prefetch_refused');
}

/** The standard one, and what browsers sent before it. */
const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];
