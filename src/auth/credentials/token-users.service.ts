import { Injectable } from '@nestjs/common';
import type { UserToken } from '../../identity/access-tokens.port.js';
import type { ExternalIdentity } from '../../identity/identity-provider.port.js';
import { PeopleSource } from '../../identity/people-source.port.js';
import type { UserPrincipal } from '../../identity/principal.js';
import { MemberAccess } from '../../sync/member-access.service.js';
import { MemberRoles } from '../../sync/member-roles.service.js';
import { UsersService } from '../../users/users.service.js';
import { AdmissionService, type Expectation } from '../sign-in/admission.service.js';
import { unlessRefused } from './unless-refused.js';

/** Nothing was started here that the token would have to answer. */
const NOTHING_EXPECTED: Expectation = {
  organizationId: null,
  connectionId: null,
  withoutOrganization: false,
  startedAt: null,
};

type Person = Pick<UserPrincipal, 'user' | 'organization' | 'roles' | 'permissions'>;

/**
 * The person that an access token speaks of. They are held to what a sign-in is held to: the policy of their organization
 * and its directories. Somebody who never signed in here is made known as a first sign-in would.
 */
@Injectable()
export class TokenUsers {
  constructor(
    private readonly users: UsersService,
    private readonly members: MemberAccess,
    private readonly people: PeopleSource,
    private readonly admission: AdmissionService,
    private readonly roles: MemberRoles,
  ) {}

  /** `null` where they may not come in. */
  find(token: UserToken): Promise<Person | null> {
    return unlessRefused(this.enter(token));
  }

  private async enter(token: UserToken): Promise<Person | null> {
    const { userId } = token;
    const known = await this.users.find(userId);
    if (known?.deleted) return null;
    const record = known?.user ?? (await this.people.findUser(userId));
    if (!record) return null;
    const arrival = await this.admission.admit(identityOf(token, record), NOTHING_EXPECTED, () =>
      this.people.methodOf(userId, token.sessionId),
    );
    const { organization } = arrival;
    const isMember =
      organization &&
      (await this.members.admit(organization, userId)) &&
      (await this.users.hasJoined(organization.id, userId));
    const account =
      known && (!organization || isMember) ? known.user : (await this.admission.settle(arrival, null)).user;
    if (!organization)
      return { user: account, organization: null, roles: token.roles, permissions: token.permissions };
    const user = await this.users.personIn(organization.id, account);
    const grants = await this.roles.grantsByToken(organization.id, userId, token, token.issuedAt);
    return { user, organization: { id: organization.id, name: organization.name }, ...grants };
  }
}

function identityOf(
  { organizationId, roles, permissions, impersonatorEmail, authenticatedAt, userId }: UserToken,
  { email, firstName, lastName, profilePictureUrl }: UserPrincipal['user'],
): ExternalIdentity {
  return {
    account: { kind: 'user', userId },
    email,
    firstName,
    lastName,
    profilePictureUrl,
    organizationId,
    connectionId: null,
    connectionType: null,
    method: 'access_token',
    authenticatedAt,
    roles,
    permissions,
    impersonator: impersonatorEmail === null ? null : { email: impersonatorEmail, reason: null },
    tokens: null,
  };
}
