import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.service.js';
import { within } from '../../common/deadline.js';
import { ProblemError } from '../../common/problem-error.js';
import { Random } from '../../common/random.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { parseEmail } from '../../identity/email-domain.js';
import { IdentityProvider, type SignInTarget } from '../../identity/identity-provider.port.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { activeConnections, type ConnectionOption } from '../../organizations/resolve-connection.js';
import { chooseConnection, lastOf, type LastConnections } from './last-connections.js';
import { codeChallenge } from './pending-sign-in.js';
import { PendingSignIns } from './pending-sign-ins.service.js';
import type { LoginQuery } from './sign-in.schemas.js';

/** Milliseconds for everything that WorkOS is asked in one step of a sign-in: a person sees an answer within 12 s. */
export const UPSTREAM_DEADLINE = 11_000;

export interface SignInStart {
  readonly target: SignInTarget;
  readonly returnTo: string;
  readonly loginHint?: string;
  /** What must come back; `null` where anything may. */
  readonly organizationId: string | null;
  readonly connectionId: string | null;
  readonly idpInitiated: boolean;
  readonly reauthenticate?: boolean;
}

/** What is to happen with a request for a sign-in. */
export type SignInPlan =
  /** `chosen`: there was another way, so that this one is worth remembering. */
  | { readonly kind: 'start'; readonly start: SignInStart; readonly chosen: boolean }
  | {
      readonly kind: 'choose-connection';
      /** `null` where an organization was given. */
      readonly email: string | null;
      readonly connections: readonly ConnectionOption[];
      readonly lastConnectionId: string | null;
    }
  /** The person has to be asked on the sign-in page. */
  | { readonly kind: 'ask' };

export interface StartedSignIn {
  /** WorkOS's address, to which the browser goes. */
  readonly location: string;
  readonly flowId: string;
  /** For the cookie of this flow. */
  readonly sealed: string;
}

/** Starts sign-ins: finds out where to, and seals what the callback will be held to. */
@Injectable()
export class SignInStartService {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly organizations: OrganizationsService,
    private readonly flows: PendingSignIns,
    private readonly audit: AuditLog,
    private readonly random: Random,
  ) {}

  /** @param known what this browser remembers */
  async plan(
    query: LoginQuery,
    returnTo: string,
    known: LastConnections,
    origin: RequestOrigin,
  ): Promise<SignInPlan> {
    const { email, organization, through } = query;
    const among =
      organization === undefined ? null : await this.planAmong(organization, through, returnTo, known);
    const plan =
      email === undefined
        ? (among ?? this.planDirectly(query, returnTo))
        : await this.planByEmail(email, through, returnTo, known, origin);
    const reauthenticate = query.reauthenticate === 'true';
    return plan.kind === 'start' ? { ...plan, start: { ...plan.start, reauthenticate } } : plan;
  }

  async start(start: SignInStart): Promise<StartedSignIn> {
    const { target, loginHint, organizationId, connectionId, idpInitiated, returnTo } = start;
    const reauthenticate = start.reauthenticate ?? false;
    const codeVerifier = this.random.secret();
    const { state, flowId, sealed } = await this.flows.open({
      codeVerifier,
      returnTo,
      organizationId,
      connectionId,
      withoutOrganization: target.kind === 'provider' && !this.provider.hasHostedPage,
      idpInitiated,
      reauthenticate,
    });
    const location = this.provider.authorizationUrl({
      target,
      state,
      codeChallenge: codeChallenge(codeVerifier),
      ...(loginHint === undefined ? {} : { loginHint }),
      ...(reauthenticate ? { reauthenticate } : {}),
    });
    return { location, flowId, sealed };
  }

  private planDirectly(query: LoginQuery, returnTo: string): SignInPlan {
    const start = this.startDirectly(query, returnTo);
    return start ? { kind: 'start', start, chosen: false } : { kind: 'ask' };
  }

  /** WorkOS does not let a person choose among the connections of an organization. `null` where there is no choice. */
  private async planAmong(
    organizationId: string,
    through: string | undefined,
    returnTo: string,
    known: LastConnections,
  ): Promise<SignInPlan | null> {
    const organization = await this.organizations.findInCopy(organizationId);
    const connections = organization ? activeConnections(organization) : [];
    if (connections.length < 2) return null;
    const choice = chooseConnection(connections, through, lastOf(known, organizationId));
    if (choice.kind === 'ask') return { ...choice, kind: 'choose-connection', email: null, connections };
    const { connectionId } = choice;
    const target = { kind: 'connection', connectionId } as const;
    return {
      kind: 'start',
      start: { returnTo, organizationId, connectionId, target, idpInitiated: false },
      chosen: true,
    };
  }

  private startDirectly(query: LoginQuery, returnTo: string): SignInStart | null {
    const { organization, provider } = query;
    const connection = query.connection ?? query.connection_id;
    const common = {
      returnTo,
      organizationId: null,
      connectionId: null,
      idpInitiated: query.connection_id !== undefined,
    };
    if (organization !== undefined) {
      return {
        ...common,
        organizationId: organization,
        target: { kind: 'organization', organizationId: organization },
      };
    }
    if (connection !== undefined)
      return {
        ...common,
        connectionId: connection,
        target: { kind: 'connection', connectionId: connection },
      };
    if (provider !== undefined) return { ...common, target: { kind: 'provider', provider } };
    return this.provider.hasHostedPage ? { ...common, target: { kind: 'default' } } : null;
  }

  private async planByEmail(
    input: string,
    through: string | undefined,
    returnTo: string,
    known: LastConnections,
    origin: RequestOrigin,
  ): Promise<SignInPlan> {
    const email = parseEmail(input);
    if (!email) {
      await this.audit.recordStranger({ action: 'sign_in.refused', reason: 'invalid_email' }, origin);
      throw new ProblemError('invalid_email');
    }
    const route = await within(UPSTREAM_DEADLINE, this.organizations.route(email.domain));
    const common = { returnTo, loginHint: email.address, idpInitiated: false };
    const start = (organizationId: string, connectionId: string, chosen: boolean): SignInPlan => ({
      kind: 'start',
      start: { ...common, organizationId, connectionId, target: { kind: 'connection', connectionId } },
      chosen,
    });
    switch (route.kind) {
      case 'connection':
        return start(route.organizationId, route.connectionId, false);
      case 'choose': {
        const { organizationId, connections } = route;
        const choice = chooseConnection(connections, through, lastOf(known, organizationId));
        if (choice.kind === 'go') return start(organizationId, choice.connectionId, true);
        const { lastConnectionId } = choice;
        return { kind: 'choose-connection', email: email.address, connections, lastConnectionId };
      }
      case 'authkit':
        return {
          kind: 'start',
          start: { ...common, organizationId: null, connectionId: null, target: { kind: 'default' } },
          chosen: false,
        };
      case 'none':
        await this.audit.record({ action: 'sign_in.refused', reason: 'no_sso_for_domain' }, origin);
        throw new ProblemError('no_sso_for_domain', { members: { email: email.address } });
    }
  }
}
