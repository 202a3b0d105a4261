import type { Type } from '@nestjs/common';
import { BreakGlassController } from './break-glass/break-glass.controller.js';
import { MeController } from './account/me.controller.js';
import { SessionOrganizationController } from './account/session-organization.controller.js';
import { SessionsController } from './account/sessions.controller.js';
import { SsoController } from './sign-in/sso.controller.js';

/** The addresses that come with the way in, by what an application may do without. */
const ENDPOINTS = {
  /** `/auth/login`, `/auth/callback`, `/auth/logout` */
  signIn: [SsoController],
  /** `/auth/break-glass` */
  breakGlass: [BreakGlassController],
  /** `/v1/me`, `/v1/sessions`, `/v1/session/organization` */
  account: [MeController, SessionsController, SessionOrganizationController],
} satisfies Record<string, Type[]>;

export type EndpointGroup = keyof typeof ENDPOINTS;

export function endpointsWithout(disabled: readonly EndpointGroup[]): Type[] {
  const groups = Object.entries(ENDPOINTS).filter(([name]) => !disabled.some((group) => group === name));
  return groups.flatMap(([, controllers]): Type[] => controllers);
}
