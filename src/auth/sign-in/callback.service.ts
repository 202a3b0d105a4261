import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Clock } from '../../common/clock.js';
import { codeOf, ProblemError, type ProblemOptions } from '../../common/problem-error.js';
import { actedBy, type RequestOrigin } from '../../common/request-origin.js';
import { Config } from '../../config/config.js';
import { isIdentifier } from '../../identity/identifiers.js';
import type { OrganizationChoice } from '../../identity/identity-provider.port.js';
import { isIdpErrorCode } from '../../identity/idp-errors.js';
import type { UserPrincipal } from '../../identity/principal.js';
import type { SignInJar } from '../credentials/cookies.js';
import type { PendingSignIn } from './pending-sign-in.js';
import { PendingSignIns, type TakenSignIn } from './pending-sign-ins.service.js';
import {
  SignInFinishService,
  type SignInExpectation,
  type FinishedSignIn,
} from './sign-in-finish.service.js';
import { SignInStartService, type SignInStart } from './sign-in-start.service.js';
import type { CallbackQuery, OrganizationChoiceBody } from './sign-in.schemas.js';
import { UnaskedSignIns } from './unasked-sign-ins.service.js';

/** Where the browser goes next. */
export type CallbackOutcome =
  | {
      readonly kind: 'signed-in';
      readonly token: string;
      readonly location: string;
      readonly organizationId: string | null;
      readonly connectionId: string | null;
    }
  | { readonly kind: 'restarted'; readonly location: string }
  | {
      readonly kind: 'choose-organization';
      readonly state: string;
      readonly organizations: OrganizationChoice['organizations'];
    };

/** The browser that came back: its sign-in cookies, whoever it is signed in as, and where it came from. */
export interface Visitor {
  readonly jar: SignInJar;
  readonly previous: UserPrincipal | null;
  readonly origin: RequestOrigin;
}

/** Tells the step's surroundings which sign-in it is about. */
type Remember = (pending: TakenSignIn) => TakenSignIn;

const CODE = /^[\x21-\x7e]{1,1024}$/;

/**
 * What comes back from WorkOS: told apart, checked against the browser, and only then acted on. The order matters: the
 * state is spent before the code is used, so that of many parallel callbacks one makes an exchange.
 */
@Injectable()
export class CallbackService {
  constructor(
    private readonly starting: SignInStartService,
    private readonly finishing: SignInFinishService,
    private readonly unasked: UnaskedSignIns,
    private readonly flows: PendingSignIns,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly audit: AuditLog,
  ) {}

  /** @throws `ProblemError` for every way in which a sign-in can fail; each leaves an audit record */
  handle(query: CallbackQuery, visitor: Visitor): Promise<CallbackOutcome> {
    return this.recorded(visitor, async (remember) => {
      if (query.error !== undefined) return this.handleError(query, query.error, visitor, remember);
      if (query.state === undefined) return this.handleWithoutState(query.code, visitor);
      const pending = remember(await this.flows.take(query.state, visitor.jar));
      const code = checkCode(query.code);
      const { previous, origin } = visitor;
      return this.finish(
        await this.finishing.finish(code, pending.codeVerifier, pending, previous, origin),
        pending,
        visitor,
      );
    });
  }

  /** The person chose one of their organizations on our page. */
  choose(body: OrganizationChoiceBody, visitor: Visitor): Promise<CallbackOutcome> {
    const { state, organization_id: organizationId } = body;
    return this.recorded(visitor, async (remember) => {
      const pending = remember(await this.flows.take(state, visitor.jar));
      const offered = pending.organizations?.some(({ id }) => id === organizationId) ?? false;
      if (pending.pendingToken === undefined || !offered) throw new ProblemError('invalid_request');
      const { previous, origin } = visitor;
      const finished = await this.finishing.chooseOrganization(
        pending.pendingToken,
        organizationId,
        pending,
        previous,
        origin,
      );
      return this.finish(finished, pending, visitor);
    });
  }

  /** Runs a step; a failure leaves a record, and takes along where the person wanted to go. */
  private async recorded(
    { origin }: Visitor,
    step: (remember: Remember) => Promise<CallbackOutcome>,
  ): Promise<CallbackOutcome> {
    let pending: TakenSignIn | null = null;
    try {
      return await step((taken) => (pending = taken));
    } catch (error) {
      // The compiler does not see that the step may have set it.
      const known = pending as TakenSignIn | null;
      await this.recordRefusal(error, known, origin);
      const destination =
        known && known.returnTo !== `${this.config.appUrl}/` ? { returnTo: known.returnTo } : {};
      throw error instanceof ProblemError ? error.with(destination) : error;
    }
  }

  private async handleError(
    query: CallbackQuery,
    error: string,
    visitor: Visitor,
    remember: Remember,
  ): Promise<CallbackOutcome> {
    // WorkOS refused a sign-in that began at the identity provider and names its connection: start it from here.
    if (error === 'idp_initiated_sso_disabled' && query.state === undefined) {
      this.unasked.refuseWhereNobodyMay();
      if (isIdentifier('conn', query.connection_id)) {
        await this.unasked.refuseThrough(query.connection_id);
        return this.restart({ organizationId: null, connectionId: query.connection_id }, visitor);
      }
    }
    // A good state is spent and its cookie goes. A bad one changes nothing: the answer is a text of ours either way.
    const pending = query.state === undefined ? null : await this.flows.takeIfGood(query.state, visitor.jar);
    if (pending) remember(pending);
    const members: ProblemOptions = isIdpErrorCode(error) ? { members: { idpError: error } } : {};
    throw new ProblemError('idp_error', {
      ...members,
      cause: new Error(`idp: ${error.replace(/[^\w.-]/g, '_').slice(0, 100)}`),
    });
  }

  /** IdP-initiated: somebody's code, which may not be this browser's own. */
  private async handleWithoutState(given: string | undefined, visitor: Visitor): Promise<CallbackOutcome> {
    const code = checkCode(given);
    const { previous, origin } = visitor;
    const unasked = await this.unasked.open(code);
    if (unasked.handling === 'restart') return this.restart(unasked, visitor);
    const anything = {
      startedAt: this.clock.now(),
      organizationId: null,
      connectionId: null,
      withoutOrganization: false,
      idpInitiated: true,
      reauthenticate: false,
    };
    const finished = await this.finishing.finishUnasked(unasked.result, anything, previous, origin);
    return this.finish(
      finished,
      { ...anything, state: '', codeVerifier: '', returnTo: `${this.config.appUrl}/` },
      visitor,
    );
  }

  private async restart(
    known: { organizationId: string | null; connectionId: string | null },
    visitor: Visitor,
  ): Promise<CallbackOutcome> {
    const { organizationId, connectionId } = known;
    const target: SignInStart['target'] =
      connectionId !== null
        ? { kind: 'connection', connectionId }
        : organizationId !== null
          ? { kind: 'organization', organizationId }
          : { kind: 'default' };
    const returnTo = `${this.config.appUrl}/`;
    const started = await this.starting.start({
      target,
      organizationId,
      connectionId,
      returnTo,
      idpInitiated: true,
    });
    visitor.jar.set(started.flowId, started.sealed);
    return { kind: 'restarted', location: started.location };
  }

  private async finish(
    finished: FinishedSignIn,
    pending: PendingSignIn,
    { jar }: Visitor,
  ): Promise<CallbackOutcome> {
    if (finished.kind === 'session') {
      const { token, organizationId, connectionId } = finished;
      return { kind: 'signed-in', token, location: pending.returnTo, organizationId, connectionId };
    }
    const { pendingToken, organizations } = finished.choice;
    const next = await this.flows.open({ ...pending, pendingToken, organizations: [...organizations] });
    jar.set(next.flowId, next.sealed);
    return { kind: 'choose-organization', state: next.state, organizations };
  }

  private async recordRefusal(
    error: unknown,
    expected: SignInExpectation | null,
    origin: RequestOrigin,
  ): Promise<void> {
    const reason = codeOf(error);
    const idp =
      error instanceof ProblemError && error.code === 'idp_error' && error.cause instanceof Error
        ? error.cause.message
        : undefined;
    await this.audit.record(
      {
        action: 'sign_in.refused',
        reason,
        organizationId: expected?.organizationId ?? null,
        connectionId: expected?.connectionId ?? null,
        ...(idp === undefined ? {} : { details: { idpError: idp } }),
      },
      actedBy(origin, (error instanceof ProblemError && error.options.impersonator) || null),
    );
  }
}

function checkCode(code: string | undefined): string {
  if (code === undefined || code === '') throw new ProblemError('missing_code');
  if (!CODE.test(code)) throw new ProblemError('invalid_code');
  return code;
}
