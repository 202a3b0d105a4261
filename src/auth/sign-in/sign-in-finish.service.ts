import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.service.js';
import { within } from '../../common/deadline.js';
import { ProblemError } from '../../common/problem-error.js';
import { actedBy, type RequestOrigin } from '../../common/request-origin.js';
import {
  IdentityProvider,
  type ExchangeResult,
  type ExternalIdentity,
  type OrganizationChoice,
} from '../../identity/identity-provider.port.js';
import type { UserPrincipal } from '../../identity/principal.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { MemberRoles } from '../../sync/member-roles.service.js';
import { AdmissionService, connectionOf, type Arrival, type Expectation } from './admission.service.js';
import type { PendingSignIn } from './pending-sign-in.js';
import { UPSTREAM_DEADLINE } from './sign-in-start.service.js';

/** What a sign-in was started for, and when. */
export type SignInExpectation = Expectation &
  Pick<PendingSignIn, 'idpInitiated' | 'reauthenticate'> & { readonly startedAt: Date };

/** Milliseconds by which WorkOS's clock and ours may differ. */
const CLOCK_TOLERANCE = 30_000;

export type FinishedSignIn =
  | {
      readonly kind: 'session';
      readonly token: string;
      readonly organizationId: string | null;
      readonly connectionId: string | null;
    }
  | { readonly kind: 'choose-organization'; readonly choice: OrganizationChoice };

/**
 * Ends sign-ins. Everything that WorkOS must be asked comes first and within one deadline; only then is anything
 * written here. So a WorkOS that fails half-way leaves nothing behind.
 */
@Injectable()
export class SignInFinishService {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly admission: AdmissionService,
    private readonly sessions: SessionsService,
    private readonly roles: MemberRoles,
    private readonly audit: AuditLog,
  ) {}

  /** Redeems the code and lets the person in. `previous` is whoever this browser is signed in as. */
  async finish(
    code: string,
    verifier: string | null,
    expected: SignInExpectation,
    previous: UserPrincipal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    const step = async () => this.arrive(await this.provider.exchange(code, verifier), expected);
    return this.conclude(await within(UPSTREAM_DEADLINE, step()), expected, previous, origin);
  }

  async chooseOrganization(
    pendingToken: string,
    organizationId: string,
    expected: SignInExpectation,
    previous: UserPrincipal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    const step = async () =>
      this.admit(await this.provider.chooseOrganization(pendingToken, organizationId), {
        ...expected,
        organizationId,
      });
    return this.enter(await within(UPSTREAM_DEADLINE, step()), expected, previous, origin);
  }

  /** The same with a code that was redeemed before. */
  async finishUnasked(
    result: ExchangeResult,
    expected: SignInExpectation,
    previous: UserPrincipal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    const arrival = await within(UPSTREAM_DEADLINE, this.arrive(result, expected));
    return this.conclude(arrival, expected, previous, origin);
  }

  /** The person, or the choice that WorkOS wants them to make first. */
  private async arrive(
    result: ExchangeResult,
    expected: SignInExpectation,
  ): Promise<Arrival | OrganizationChoice> {
    if (result.kind === 'identity') return this.admit(result.identity, expected);
    const { choice } = result;
    const wanted = choice.organizations.find(({ id }) => id === expected.organizationId);
    return wanted
      ? this.admit(await this.provider.chooseOrganization(choice.pendingToken, wanted.id), expected)
      : choice;
  }

  private admit(identity: ExternalIdentity, expected: Expectation): Promise<Arrival> {
    return naming(identity, this.admission.admit(identity, expected));
  }

  private async conclude(
    arrival: Arrival | OrganizationChoice,
    expected: SignInExpectation,
    previous: UserPrincipal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    return 'pendingToken' in arrival
      ? { kind: 'choose-organization', choice: arrival }
      : this.enter(arrival, expected, previous, origin);
  }

  /** Whoever was signed in here before, and as whom, is not who acts now. */
  private enter(
    arrival: Arrival,
    expected: SignInExpectation,
    previous: UserPrincipal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    const { identity } = arrival;
    const by = actedBy(origin, identity.impersonator);
    return naming(identity, this.signIn(arrival, expected, previous, by));
  }

  private async signIn(
    arrival: Arrival,
    expected: SignInExpectation,
    previous: UserPrincipal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    const { identity, organization, permissions } = arrival;
    if (isStale(identity, expected)) {
      void this.provider.discard(identity);
      throw new ProblemError('reauthentication_failed');
    }
    const { user, settled: standing } = await this.admission.settle(arrival, origin);
    if (expected.idpInitiated && previous && previous.user.id !== user.id) {
      void this.provider.discard(identity);
      throw new ProblemError('session_conflict');
    }
    const connectionId = connectionOf(identity, expected);
    const grants = organization
      ? await this.roles.grantsAtEntry(organization.id, user.id, { roles: identity.roles, permissions })
      : { roles: identity.roles, permissions };
    const session = await this.sessions.issue(
      {
        user,
        organization: organization && { id: organization.id, name: organization.name },
        identity: { ...identity, roles: grants.roles },
        connectionId,
        directoryId: standing?.directoryId ?? null,
        permissions: grants.permissions,
        reauthenticated: expected.reauthenticate,
        limits: organization && organization.policy,
      },
      previous,
      expected.startedAt,
      origin,
    );
    await this.audit.record(
      {
        action: 'sign_in.succeeded',
        userId: user.id,
        organizationId: identity.organizationId,
        connectionId,
        sessionId: session.id,
        details: { method: identity.method },
      },
      origin,
    );
    const { organizationId } = identity;
    return { kind: 'session', token: session.token, organizationId, connectionId };
  }
}

/** A refusal takes along who acts as the person that it refuses. */
async function naming<Result>({ impersonator }: ExternalIdentity, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw impersonator && error instanceof ProblemError ? error.with({ impersonator }) : error;
  }
}

/** Asked to prove anew who they are, the person came back with an older proof: the same would happen again and again. */
function isStale(
  { authenticatedAt }: ExternalIdentity,
  { reauthenticate, startedAt }: SignInExpectation,
): boolean {
  return (
    reauthenticate &&
    authenticatedAt !== null &&
    authenticatedAt.getTime() < startedAt.getTime() - CLOCK_TOLERANCE
  );
}
