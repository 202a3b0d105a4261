import express, { Router } from 'express';
import { z } from 'zod';
import { ApiError, notFound } from '../api-error.js';
import { domainName, readBody } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import { INTENTS } from './admin-portal.js';

const url = z.url({ protocol: /^https?$/ }).optional();

const linkSchema = z.object({
  organization: z.string().min(1),
  intent: z.enum(INTENTS).default('sso'),
  return_url: url,
  success_url: url,
  intent_options: z
    .object({ domain_verification: z.object({ domain_name: domainName.optional() }).optional() })
    .optional(),
  it_contact_emails: z.array(z.email()).max(20).optional(),
});

/** POST /portal/generate_link. */
export function portalLinkRoutes(sandbox: Sandbox): Router {
  const { state, portal } = sandbox;
  const router = express.Router();
  router.post('/portal/generate_link', (request, response) => {
    const body = readBody(linkSchema, request);
    const organization = state.organization(body.organization);
    if (!organization) throw notFound('organization', body.organization);
    const { intent } = body;
    if (intent === 'certificate_renewal' && !hasSaml(sandbox, organization.id)) {
      throw new ApiError(400, {
        message: 'The organization has no SAML connection to renew a certificate of.',
      });
    }
    const token = portal.link({
      organizationId: organization.id,
      intent,
      returnUrl: body.return_url ?? null,
      successUrl: body.success_url ?? null,
      domainName: body.intent_options?.domain_verification?.domain_name ?? null,
    });
    response.status(201).json({ link: `${sandbox.url}/portal/launch?secret=${token}` });
  });
  return router;
}

function hasSaml({ state }: Sandbox, organizationId: string): boolean {
  return state.connections.some((connection) => connection.organizationId === organizationId);
}
