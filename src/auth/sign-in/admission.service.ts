import { Injectable } from '@nestjs/common';
import { ProblemError } from '../../common/problem-error.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Config } from '../../config/config.js';
import { parseEmail } from '../../identity/email-domain.js';
import { IdentityProvider, type ExternalIdentity } from '../../identity/identity-provider.port.js';
import { guestRule } from '../../organizations/organization-policy.js';
import type { StoredOrganization } from '../../organizations/organizations.repository.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { DirectoryAdmission } from '../../sync/directory-admission.service.js';
import { UsersService } from '../../users/users.service.js';
import { AnnouncedMembers } from './announced-members.service.js';
import { decideAdmission } from './decide-admission.js';
import type { PendingSignIn } from './pending-sign-in.js';

/** What whoever arrives must belong to. */
export type Expectation = Pick<PendingSignIn, 'organizationId' | 'connectionId' | 'withoutOrganization'> & {
  /** `null` where nothing was started here. */
  readonly startedAt: Date | null;
};

/** Somebody whom WorkOS vouches for, with all that is needed to let them in. */
export interface Arrival {
  readonly identity: ExternalIdentity;
  readonly organization: StoredOrganization | null;
  readonly permissions: readonly string[];
  /** They may come where only known people may, whatever a directory says. */
  readonly isAnnounced: boolean;
}

/**
 * Decides whether somebody whom WorkOS vouches for may come in, by a sign-in or by an access token, and makes them a user of
 * the service. First everything that WorkOS must be asked, then everything that is written.
 */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly organizations: OrganizationsService,
    private readonly users: UsersService,
    private readonly directories: DirectoryAdmission,
    private readonly announced: AnnouncedMembers,
    private readonly config: Config,
  ) {}

  /**
   * Writes nothing.
   * @param findMethod how the person signed in, where the identity does not say and an organization wants to know
   * @throws the problem that keeps the person out
   */
  async admit(
    identity: ExternalIdentity,
    expected: Expectation,
    findMethod: () => Promise<string | null> = async () => identity.method,
  ): Promise<Arrival> {
    const { organizationId, roles } = identity;
    const refuse = (reason: ConstructorParameters<typeof ProblemError>[0]) => {
      void this.provider.discard(identity);
      return new ProblemError(reason);
    };
    const email = parseEmail(identity.email);
    if (!email) throw refuse('provisioning_refused');
    const organization = organizationId === null ? null : await this.organizations.find(organizationId);
    if (organizationId !== null && !organization) throw refuse('organization_mismatch');
    // Who enters no organization is still one of the company that owns their domain.
    const company = organization ?? (await this.organizations.ownerOf(email.domain));
    const ssoRequired = company?.policy.ssoRequired ?? false;
    const method = ssoRequired ? ((await findMethod()) ?? 'unknown') : identity.method;
    const decision = decideAdmission({
      expected,
      returned: { ...identity, method, isImpersonated: identity.impersonator !== null },
      ssoRequired,
      organization: organization && {
        isGuest: this.organizations.isGuest(organization, email.domain),
        guests: guestRule(organization.policy, connectionOf(identity, expected), this.config.guests),
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
    const isAnnounced =
      organization !== null && (await this.announced.has(organization, identity.account, expected.startedAt));
    return { identity, organization, permissions, isAnnounced };
  }

  /** Makes the user, unless a directory of their organization speaks against them; then nothing of them is kept. */
  async settle({ identity, organization, isAnnounced }: Arrival, origin: RequestOrigin | null) {
    try {
      return await this.users.provision(identity, origin, async (trx, userId, isNew) => {
        if (!organization) return null;
        const standing = await this.directories.admit(trx, organization.id, userId);
        // A member at WorkOS is no stranger where signing in there makes nobody a member.
        const isExpected =
          identity.account.kind === 'profile' ? standing.isExpected : standing.standing === 'active';
        if (isNew && !isAnnounced && !isExpected) throw new ProblemError('not_provisioned');
        return standing;
      });
    } catch (error) {
      void this.provider.discard(identity);
      throw error;
    }
  }
}

/** The connection that somebody came through: where WorkOS does not say, the one that they were sent to. */
export function connectionOf(
  identity: ExternalIdentity,
  expected: Pick<Expectation, 'connectionId'>,
): string | null {
  return identity.connectionId ?? (identity.method === 'sso' ? expected.connectionId : null);
}
