import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { within } from '../common/deadline.js';
import { ProblemError } from '../common/problem-error.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { Config } from '../config/config.js';
import { parseEmail } from '../identity/email-domain.js';
import {
  IdentityProvider,
  type ExchangeResult,
  type ExternalIdentity,
  type OrganizationChoice,
} from '../identity/identity-provider.port.js';
import type { Principal } from '../identity/principal.js';
import type { StoredOrganization } from '../organizations/organizations.repository.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { DirectoryAdmission } from '../sync/directory-admission.service.js';
import { MemberRoles } from '../sync/member-roles.service.js';
import { UsersService } from '../users/users.service.js';
import { decideAdmission } from './decide-admission.js';
import type { PendingSignIn } from './pending-sign-in.js';
import { UPSTREAM_DEADLINE } from './sign-in-start.service.js';

/** What a sign-in was started for, and when. */
export type Expectation = Pick<
  PendingSignIn,
  'organizationId' | 'connectionId' | 'withoutOrganization' | 'idpInitiated'
> & {
  readonly startedAt: Date;
};

export type FinishedSignIn =
  | {
      readonly kind: 'session';
      readonly token: string;
      readonly organizationId: string | null;
      readonly connectionId: string | null;
    }
  | { readonly kind: 'choose-organization'; readonly choice: OrganizationChoice };

/** Somebody whom WorkOS vouches for, with all that is needed to let them in. */
interface Arrival {
  readonly identity: ExternalIdentity;
  readonly organization: StoredOrganization | null;
  readonly permissions: readonly string[];
}

/**
 * Ends sign-ins. Everything that WorkOS must be asked comes first and within one deadline; only then is anything
 * written here. So a WorkOS that fails half-way leaves nothing behind.
 */
@Injectable()
export class SignInFinishService {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly organizations: OrganizationsService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly directories: DirectoryAdmission,
    private readonly roles: MemberRoles,
    private readonly config: Config,
    private readonly audit: AuditLog,
  ) {}

  /** Redeems the code and lets the person in. `previous` is whoever this browser is signed in as. */
  async finish(
    code: string,
    verifier: string | null,
    expected: Expectation,
    previous: Principal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    const step = async () => this.arrive(await this.provider.exchange(code, verifier), expected);
    return this.conclude(await within(UPSTREAM_DEADLINE, step()), expected, previous, origin);
  }

  async chooseOrganization(
    pendingToken: string,
    organizationId: string,
    expected: Expectation,
    previous: Principal | null,
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
    expected: Expectation,
    previous: Principal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    const arrival = await within(UPSTREAM_DEADLINE, this.arrive(result, expected));
    return this.conclude(arrival, expected, previous, origin);
  }

  /** The person, or the choice that WorkOS wants them to make first. */
  private async arrive(result: ExchangeResult, expected: Expectation): Promise<Arrival | OrganizationChoice> {
    if (result.kind === 'identity') return this.admit(result.identity, expected);
    const { choice } = result;
    const wanted = choice.organizations.find(({ id }) => id === expected.organizationId);
    return wanted
      ? this.admit(await this.provider.chooseOrganization(choice.pendingToken, wanted.id), expected)
      : choice;
  }

  private async conclude(
    arrival: Arrival | OrganizationChoice,
    expected: Expectation,
    previous: Principal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    return 'pendingToken' in arrival
      ? { kind: 'choose-organization', choice: arrival }
      : this.enter(arrival, expected, previous, origin);
  }

  private async admit(identity: ExternalIdentity, expected: Expectation): Promise<Arrival> {
    const { organizationId, roles } = identity;
    const refuse = (reason: ConstructorParameters<typeof ProblemError>[0]) => {
      void this.provider.discard(identity);
      return new ProblemError(reason);
    };
    const email = parseEmail(identity.email);
    if (!email) throw refuse('provisioning_refused');
    const organization = organizationId === null ? null : await this.organizations.find(organizationId);
    if (organizationId !== null && !organization) throw refuse('organization_mismatch');
    const through = connectionOf(identity, expected);
    const overridden = through === null ? undefined : organization?.policy.connectionGuests[through];
    // Who enters no organization is still one of the company that owns their domain.
    const company = organization ?? (await this.organizations.ownerOf(email.domain));
    const decision = decideAdmission({
      expected,
      returned: { ...identity, isImpersonated: identity.impersonator !== null },
      ssoRequired: company?.policy.ssoRequired ?? false,
      organization: organization && {
        isGuest: this.organizations.isGuest(organization, email.domain),
        guests: overridden ?? organization.policy.guests ?? this.config.guests,
        connectionIds: organization.connections.map(({ id }) => id),
      },
    });
    if (decision !== 'admitted') throw refuse(decision);
    // What groups and the policy may add is looked up here too, while there is time for WorkOS to answer.
    if (organization) {
      const { groupRoles, defaultRole } = organization.policy;
      const more = [...Object.values(groupRoles), ...(defaultRole === null ? [] : [defaultRole])];
      await this.organizations.permissionsOf(organization.id, more);
    }
    const permissions =
      identity.permissions ??
      (organizationId === null ? [] : await this.organizations.permissionsOf(organizationId, roles));
    return { identity, organization, permissions };
  }

  private async enter(
    { identity, organization, permissions }: Arrival,
    expected: Expectation,
    previous: Principal | null,
    origin: RequestOrigin,
  ): Promise<FinishedSignIn> {
    const { user, settled: standing } = await this.settle(identity, organization, origin);
    if (expected.idpInitiated && previous && previous.user.id !== user.id) {
      void this.provider.discard(identity);
      throw new ProblemError('session_conflict');
    }
    const connectionId = connectionOf(identity, expected);
    const grants = organization
      ? await this.roles.grantsOf(organization.id, user.id, { roles: identity.roles, permissions })
      : { roles: identity.roles, permissions };
    const session = await this.sessions.issue(
      {
        user,
        organization: organization && { id: organization.id, name: organization.name },
        identity: { ...identity, roles: grants.roles },
        connectionId,
        directoryId: standing?.directoryId ?? null,
        permissions: grants.permissions,
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

  /** Makes the user, unless a directory of their organization speaks against them; then nothing of them is kept. */
  private async settle(
    identity: ExternalIdentity,
    organization: StoredOrganization | null,
    origin: RequestOrigin,
  ) {
    try {
      return await this.users.provision(identity, origin, async (trx, userId, isNew) => {
        if (!organization) return null;
        const standing = await this.directories.admit(trx, organization.id, userId);
        // Whom the directory has is no stranger, even where they come for the first time.
        if (isNew && !organization.policy.justInTime && standing.standing !== 'active')
          throw new ProblemError('not_provisioned');
        return standing;
      });
    } catch (error) {
      void this.provider.discard(identity);
      throw error;
    }
  }
}

/** The connection that somebody came through: where WorkOS does not say, the one that they were sent to. */
function connectionOf(identity: ExternalIdentity, expected: Expectation): string | null {
  return identity.connectionId ?? (identity.method === 'sso' ? expected.connectionId : null);
}
