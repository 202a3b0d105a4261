import { Controller, Get } from '@nestjs/common';
import { Answers } from '../common/answer.decorators.js';
import type { Principal } from '../identity/principal.js';
import { CurrentPrincipal } from './auth.decorators.js';
import { me } from './me.schemas.js';

export type Me = Omit<Principal, 'kind'>;

/** What callers see of themselves. */
export function meOf({ user, organization, roles, permissions, session }: Principal): Me {
  return { user, organization, roles, permissions, session };
}

/** Who the caller is, as the service sees them. */
@Controller('v1/me')
export class MeController {
  @Answers(me, 'Who I am')
  @Get()
  me(@CurrentPrincipal() principal: Principal): Me {
    return meOf(principal);
  }
}
