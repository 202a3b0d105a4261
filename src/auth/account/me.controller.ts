import { Controller, Get, VERSION_NEUTRAL } from '@nestjs/common';
import { Answers } from '../../common/answer.decorators.js';
import type { Principal } from '../../identity/principal.js';
import { me, type Me } from './me.schemas.js';
import { CurrentPrincipal } from '../access/principal.decorators.js';
import { FixedAddress } from '../routes/fixed-address.decorator.js';

/** What callers see of themselves, without the times that are nobody's business but the guard's. */
export function meOf(principal: Principal): Me {
  const { organization, roles, permissions } = principal;
  const common = { organization, roles, permissions, user: null, session: null, machine: null, apiKey: null };
  switch (principal.kind) {
    case 'user': {
      const { id, authenticatedAt, expiresAt, method, connectionId, impersonator } = principal.session;
      const session = { id, authenticatedAt, expiresAt, method, connectionId, impersonator };
      return { ...common, kind: principal.kind, user: principal.user, session };
    }
    case 'machine':
      return { ...common, kind: principal.kind, machine: principal.machine };
    case 'apiKey':
      return { ...common, kind: principal.kind, apiKey: principal.apiKey };
  }
}

/** Who the caller is, as the service sees them. */
@FixedAddress('console')
@Controller({ path: 'v1/me', version: VERSION_NEUTRAL })
export class MeController {
  @Answers(me, 'Who I am')
  @Get()
  me(@CurrentPrincipal() principal: Principal): Me {
    return meOf(principal);
  }
}
