import express, { Router } from 'express';
import { z } from 'zod';
import { ApiError, notFound } from '../api-error.js';
import { isForm, read } from '../controls.http.js';
import { domainName, readBody } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import { INTENTS } from './admin-portal.js';

const target = z.url({ protocol: /^https?$/ }).optional();

const linkSchema = z.object({
  organization: z.string().min(1),
  intent: z.enum(INTENTS).default('sso'),
  return_url: target,
  success_url: target,
  intent_options: z
    .object({ domain_verification: z.object({ domain_name: domainName.optional() }).optional() })
    .optional(),
  it_contact_emails: z.array(z.email()).max(20).optional(),
});

const shortcutSchema = z.strictObject({
  organization_id: z.string(),
  intent: z.enum(INTENTS).default('sso'),
});

/** The way in from the sandbox's own pages. */
export function portalControls(sandbox: Sandbox): Router {
  const router = express.Router();
  router.post('/', (request, response) => {
    const { organization_id: organizationId, intent } = read(shortcutSchema, request);
    if (!sandbox.state.organization(organizationId)) throw notFound('organization', organizationId);
    const visit = { organizationId, intent, returnUrl: sandbox.url, successUrl: null, domainName: null };
    const link = launchUrl(sandbox, sandbox.portal.link(visit));
    if (isForm(request)) response.redirect(303, link);
    else response.json({ link });
  });
  return router;
}

function launchUrl({ url }: Sandbox, token: string): string {
  return `${url}/portal/launch?secret=${token}`;
}

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
    response.status(201).json({ link: launchUrl(sandbox, token) });
  });
  return router;
}

function hasSaml({ state }: Sandbox, organizationId: string): boolean {
  return state.connections.some((connection) => connection.organizationId === organizationId);
}
