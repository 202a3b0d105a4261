import express, { Router } from 'express';
import { z } from 'zod';
import { ApiError, notFound } from './api-error.js';
import { deleteConnection } from './changes/connection-changes.js';
import {
  addDomain,
  createOrganization,
  deleteOrganization,
  domainOwner,
  removeDomain,
  replaceDomains,
  updateOrganization,
  verifyDomain,
  type DomainData,
} from './changes/organization-changes.js';
import type { Organization } from './model.js';
import { defined, domainName, metadataField, readBody } from './request-body.js';
import type { Sandbox } from './sandbox.js';
import { domainWire, organizationWire } from './wire.js';

const fields = {
  allow_profiles_outside_organization: z.boolean().optional(),
  domains: z.array(domainName).optional(),
  domain_data: z.array(z.object({ domain: domainName, state: z.enum(['pending', 'verified']) })).optional(),
  metadata: metadataField,
  external_id: z.string().max(128).nullable().optional(),
};
const createSchema = z.object({ name: z.string().min(1), ...fields });
const updateSchema = z.object({ name: z.string().min(1).optional(), ...fields });
const domainSchema = z.object({ domain: domainName, organization_id: z.string() });

type Body = z.output<typeof updateSchema>;

function domainsOf(body: Body): DomainData[] | undefined {
  return body.domain_data ?? body.domains?.map((domain) => ({ domain, state: 'verified' as const }));
}

function fieldsOf(body: Body): Partial<Omit<Organization, 'domains'>> {
  return defined({
    name: body.name,
    allowProfilesOutsideOrganization: body.allow_profiles_outside_organization,
    externalId: body.external_id,
    metadata: body.metadata,
  });
}

/** What an operator's scripts write: organizations, their domains, and connections, which can only be deleted. */
export function organizationWriteRoutes(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();

  const check = (body: Body, itself?: Organization): void => {
    const used = (other: Organization): boolean =>
      other.id !== itself?.id &&
      typeof body.external_id === 'string' &&
      other.externalId === body.external_id;
    if (state.organizations.some(used)) {
      const message = 'The external_id is already used by another organization.';
      throw new ApiError(400, { code: 'external_id_already_used', message });
    }
    const taken = domainsOf(body)?.find(({ domain }) => domainOwner(sandbox, domain, itself?.id));
    if (taken) throw new ApiError(409, { message: `The domain ${taken.domain} is already in use.` });
  };
  const organizationOf = (id: string): Organization => {
    const organization = state.organization(id);
    if (!organization) throw notFound('organization', id);
    return organization;
  };

  router.post('/organizations', (request, response) => {
    const body = readBody(createSchema, request);
    check(body);
    const organization = createOrganization(sandbox, { ...fieldsOf(body), name: body.name }, domainsOf(body));
    response.status(201).json(organizationWire(organization));
  });
  router.put('/organizations/:id', (request, response) => {
    const organization = organizationOf(request.params.id);
    const body = readBody(updateSchema, request);
    check(body, organization);
    const domains = domainsOf(body);
    if (domains) replaceDomains(sandbox, organization, domains);
    updateOrganization(sandbox, organization, fieldsOf(body));
    response.json(organizationWire(organization));
  });
  router.delete('/organizations/:id', ({ params }, response) => {
    deleteOrganization(sandbox, organizationOf(params.id));
    response.status(202).end();
  });

  router.post('/organization_domains', (request, response) => {
    const { domain, organization_id: organizationId } = readBody(domainSchema, request);
    const organization = organizationOf(organizationId);
    if (organization.domains.some((entry) => entry.domain === domain) || domainOwner(sandbox, domain)) {
      const message = `The domain ${domain} already exists.`;
      throw new ApiError(409, { code: 'domain_already_exists', message });
    }
    response.status(201).json(domainWire(addDomain(sandbox, organization, { domain, state: 'pending' })));
  });
  router.post('/organization_domains/:id/verify', ({ params: { id } }, response) => {
    const domain = state.domain(id);
    if (!domain) throw notFound('organization domain', id);
    if (domain.state === 'verified') {
      const message = 'The domain is already verified.';
      throw new ApiError(400, { code: 'domain_already_verified', message });
    }
    verifyDomain(sandbox, domain);
    response.status(201).json(domainWire(domain));
  });
  router.delete('/organization_domains/:id', ({ params: { id } }, response) => {
    const domain = state.domain(id);
    if (!domain) throw notFound('organization domain', id);
    removeDomain(sandbox, domain);
    response.status(204).end();
  });

  router.delete('/connections/:id', ({ params: { id } }, response) => {
    const connection = state.connection(id);
    if (!connection) throw notFound('connection', id);
    deleteConnection(sandbox, connection);
    response.status(204).end();
  });

  return router;
}
