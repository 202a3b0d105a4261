import { Body, Controller, Get, HttpCode, Patch, Post, Req, VERSION_NEUTRAL } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import {
  CurrentOrganization,
  CurrentPrincipal,
  FixedAddress,
  RequirePermissions,
  RequirePrincipal,
  type UserPrincipal,
} from '../auth/index.js';
import type { Organization, Principal } from '../auth/index.js';
import { Answers } from '../common/answer.decorators.js';
import { requestOrigin } from '../common/request-origin.js';
import { PORTAL_INTENTS } from '../identity/admin-portal.port.js';
import {
  policy,
  policyChange,
  type OrganizationPolicy,
  type PolicyChange,
} from '../organizations/organization-policy.js';
import { OrganizationOverview } from './organization-overview.service.js';
import {
  organizationView,
  portalLink,
  type OrganizationView,
  type PortalLink,
} from './organization-view.schemas.js';
import { PolicyEditor } from './policy-editor.service.js';
import { PortalLinks } from './portal-links.service.js';

const portalRequest = z.strictObject({ intent: z.enum(PORTAL_INTENTS).meta({ id: 'PortalIntent' }) });
const CHANGE_PROBLEMS = {
  problems: ['role_beyond_yours', 'no_active_connection', 'policy_excludes_you'],
} as const;
const PORTAL_PROBLEMS = { problems: ['portal_refused', 'upstream_unavailable'] } as const;
const GONE = { problems: ['not_found'] } as const;

/** The organization of the session. Its id is never taken from the request. */
@FixedAddress('console')
@Controller({ path: 'v1/organization', version: VERSION_NEUTRAL })
export class OrganizationController {
  constructor(
    private readonly overview: OrganizationOverview,
    private readonly policies: PolicyEditor,
    private readonly portal: PortalLinks,
  ) {}

  @Answers(organizationView, 'My organization, with its domains and connections', GONE)
  @Get()
  read(
    @CurrentOrganization() { id }: Organization,
    @CurrentPrincipal() { permissions }: Principal,
  ): Promise<OrganizationView> {
    return this.overview.read(id, permissions.includes('organization:manage'));
  }

  /** Of people alone: nobody may shut themselves out, and only a person can be asked. */
  @Answers(policy, 'Changes what the organization decides for itself', CHANGE_PROBLEMS)
  @RequirePrincipal('user')
  @RequirePermissions('organization:manage')
  @Patch('policy')
  changePolicy(
    @CurrentOrganization() { id }: Organization,
    @CurrentPrincipal() principal: UserPrincipal,
    @Body({ schema: policyChange }) change: PolicyChange,
    @Req() request: Request,
  ): Promise<OrganizationPolicy> {
    return this.policies.change(id, change, principal, requestOrigin(request));
  }

  @Answers(portalLink, "Makes a link into WorkOS's Admin Portal, good for five minutes", PORTAL_PROBLEMS)
  @RequirePermissions('organization:manage')
  @Post('portal-link')
  @HttpCode(201)
  createPortalLink(
    @CurrentOrganization() { id }: Organization,
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: portalRequest }) { intent }: z.infer<typeof portalRequest>,
    @Req() request: Request,
  ): Promise<PortalLink> {
    return this.portal.create(id, intent, principal, requestOrigin(request));
  }
}
