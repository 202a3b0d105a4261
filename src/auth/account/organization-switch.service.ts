import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Clock } from '../../common/clock.js';
import { ProblemError } from '../../common/problem-error.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { User, UserPrincipal } from '../../identity/principal.js';
import type { StoredOrganization } from '../../organizations/organizations.repository.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { SessionClaims } from '../../sessions/session-claims.js';
import { SessionIssuer, tokenHashOf } from '../../sessions/session-issuer.js';
import { principalOf, type SessionRecord } from '../../sessions/session-record.js';
import { SessionRenewer } from '../../sessions/session-renewer.service.js';
import { SessionRevoker } from '../../sessions/session-revoker.service.js';
import { SessionStore } from '../../sessions/session-store.port.js';
import { DirectoryAdmission } from '../../sync/directory-admission.service.js';
import { UsersService } from '../../users/users.service.js';
import { actorOf } from '../access/actor.js';
import { AnnouncedMembers } from '../sign-in/announced-members.service.js';

export interface SwitchedSession {
  readonly token: string;
  readonly principal: UserPrincipal;
}

/** Moves a session to another organization of the same person: a change of privilege, so the token changes too. */
@Injectable()
export class OrganizationSwitch {
  constructor(
    private readonly store: SessionStore,
    private readonly renewer: SessionRenewer,
    private readonly issuer: SessionIssuer,
    private readonly organizations: OrganizationsService,
    private readonly users: UsersService,
    private readonly directories: DirectoryAdmission,
    private readonly announced: AnnouncedMembers,
    private readonly revoker: SessionRevoker,
    private readonly claims: SessionClaims,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws `sso_required` where the organization wants its people through its own connection, `not_a_member` where WorkOS
   *   does not know the person there, nobody there announced them, or the session is not AuthKit's; `account_deactivated` or
   *   `group_required` where a directory there speaks against them
   */
  async switch(
    principal: UserPrincipal,
    organizationId: string,
    origin: RequestOrigin,
  ): Promise<SwitchedSession> {
    try {
      return await this.move(principal, organizationId, origin);
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) {
        // In the log of the organization that the person comes from: neither is told of the other.
        const event = { ...actorOf(principal), action: 'access.refused', reason: error.code } as const;
        await this.audit.record(event, origin);
      }
      throw error;
    }
  }

  private async move(
    principal: UserPrincipal,
    organizationId: string,
    origin: RequestOrigin,
  ): Promise<SwitchedSession> {
    const record = await this.store.find(principal.session.id);
    if (!record?.tokens) throw new ProblemError('not_a_member');
    const organization = await this.organizations.find(organizationId);
    if (!organization) throw new ProblemError('not_a_member');
    if (organization.policy.ssoRequired && !isOwnSignIn(record, organization))
      throw new ProblemError('sso_required');
    const token = this.issuer.newToken();
    const { idleTimeout, absoluteTimeout } = organization.policy;
    // Before WorkOS is asked: a session whose tokens are of an organization that refuses its person cannot go on.
    await this.refuseUnannounced(organization, principal.user);
    const startedAt = this.clock.now();
    const renewed = await this.renewer.switchTo(record, organizationId, async (identity) => {
      const { settled } = await this.users.provision(identity, origin, (trx, userId) =>
        this.directories.admit(trx, organizationId, userId),
      );
      return {
        tokenHash: tokenHashOf(token),
        organization: { id: organization.id, name: organization.name },
        directoryId: settled.directoryId,
        idleTimeout: Math.min(record.idleTimeout, idleTimeout ?? record.idleTimeout),
        expiresAt: new Date(
          Math.min(
            record.expiresAt.getTime(),
            record.authenticatedAt.getTime() + (absoluteTimeout ?? Infinity) * 1000,
          ),
        ),
      };
    });
    await this.stillAdmitted(renewed, organizationId, startedAt, origin);
    await this.audit.record(
      {
        action: 'session.switched',
        userId: principal.user.id,
        organizationId,
        sessionId: record.id,
        details: { from: principal.organization?.id ?? 'none' },
      },
      origin,
    );
    return { token, principal: principalOf(renewed) };
  }

  private async refuseUnannounced(organization: StoredOrganization, user: User): Promise<void> {
    const standing = await this.directories.refuseDeactivated(organization.id, user);
    const account = { kind: 'user', userId: user.id } as const;
    if (standing !== 'active' && !(await this.announced.has(organization, account, null)))
      throw new ProblemError('not_a_member');
  }

  /** What ended their access there a moment ago, or changed their roles, found no session of theirs there yet. */
  private async stillAdmitted(
    record: SessionRecord,
    organizationId: string,
    startedAt: Date,
    origin: RequestOrigin,
  ): Promise<void> {
    try {
      await this.directories.refuseDeactivated(organizationId, record.user);
      await this.claims.recheck(record, startedAt);
    } catch (error) {
      await this.revoker.end(record.id, 'deprovisioned', origin);
      throw error;
    }
  }
}

/** A session that began elsewhere, at another company's identity provider or with a password, is no way around one's own. */
function isOwnSignIn({ method, connectionId }: SessionRecord, { connections }: StoredOrganization): boolean {
  return method === 'sso' && connections.some(({ id }) => id === connectionId);
}
