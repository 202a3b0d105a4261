import { Controller, Get } from '@nestjs/common';
import type { Principal } from '../identity/principal.js';
import { CurrentPrincipal } from './auth.decorators.js';

/** Who the caller is, as the service sees them. */
@Controller('v1/me')
export class MeController {
  @Get()
  me(@CurrentPrincipal() { user, organization, roles, permissions, session }: Principal) {
    return { user, organization, roles, permissions, session };
  }
}
