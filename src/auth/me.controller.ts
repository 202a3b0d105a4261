import { Controller, Get } from '@nestjs/common';
import type { ApiKeyPrincipal, MachinePrincipal, Principal, Session, User } from '../identity/principal.js';
import { CurrentPrincipal } from './principal.decorators.js';

/** Without the times that are nobody's business but the guard's. */
export type MySession = Omit<Session, 'provenAt'>;

/** What callers see of themselves: a person with their session, a machine, or an API key. */
export interface Me extends Pick<Principal, 'kind' | 'organization' | 'roles' | 'permissions'> {
  readonly user: User | null;
  readonly session: MySession | null;
  readonly machine: MachinePrincipal['machine'] | null;
  readonly apiKey: ApiKeyPrincipal['apiKey'] | null;
}

export function meOf(principal: Principal): Me {
  const { kind, organization, roles, permissions } = principal;
  const common = {
    kind,
    organization,
    roles,
    permissions,
    user: null,
    session: null,
    machine: null,
    apiKey: null,
  };
  switch (principal.kind) {
    case 'user': {
      const { id, authenticatedAt, expiresAt, method, connectionId, impersonator } = principal.session;
      const session = { id, authenticatedAt, expiresAt, method, connectionId, impersonator };
      return { ...common, user: principal.user, session };
    }
    case 'machine':
      return { ...common, machine: principal.machine };
    case 'apiKey':
      return { ...common, apiKey: principal.apiKey };
  }
}

/** Who the caller is, as the service sees them. */
@Controller('v1/me')
export class MeController {
  @Get()
  me(@CurrentPrincipal() principal: Principal): Me {
    return meOf(principal);
  }
}
