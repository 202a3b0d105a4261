import express, { Router } from 'express';
import { z } from 'zod';
import { notFound } from '../api-error.js';
import { done, flag, read } from '../controls.http.js';
import {
  CONNECTION_STATES,
  DOMAIN_STATES,
  type Connection,
  type Domain,
  type Organization,
} from '../model.js';
import { defined, domainName } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import { connectionWire, domainWire, organizationWire } from '../wire.js';
import {
  createConnection,
  deleteConnection,
  expireCertificate,
  renewCertificate,
} from './connection-changes.js';
import {
  addDomain,
  createOrganization,
  deleteOrganization,
  failDomain,
  removeDomain,
  setDomainState,
  updateOrganization,
} from './organization-changes.js';

const domainState = z.enum(DOMAIN_STATES);
const domainSchema = z.strictObject({ domain: domainName, state: domainState.default('verified') });
const domainStateSchema = z.strictObject({
  state: domainState,
  reason: z.enum(['domain_verification_period_expired', 'domain_verified_by_other_organization']).optional(),
});
const createSchema = z.strictObject({
  name: z.string().min(1),
  domains: z
    .array(domainName)
    .or(domainName.transform((domain) => [domain]))
    .default([]),
});
const changeSchema = z.strictObject({
  name: z.string().min(1).optional(),
  allow_profiles_outside_organization: flag.optional(),
});
const connectionSchema = z.strictObject({
  name: z.string().min(1).default('Second connection'),
  connection_type: z
    .string()
    .regex(/SAML$|^TestIdp$/)
    .default('GenericSAML'),
  state: z.enum(CONNECTION_STATES).default('active'),
});
const certificateSchema = z.strictObject({ expires_in_days: z.coerce.number().int().min(-3650).max(3650) });

/** Organizations, domains, connections and certificates, as the dashboard changes them: without the API's refusals. */
export function organizationControls(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();
  const organizationOf = (id: string): Organization => {
    const organization = state.organization(id);
    if (!organization) throw notFound('organization', id);
    return organization;
  };
  const domainOf = (id: string): Domain => {
    const domain = state.domain(id);
    if (!domain) throw notFound('organization domain', id);
    return domain;
  };
  const connectionOf = (id: string): Connection => {
    const connection = state.connection(id);
    if (!connection) throw notFound('connection', id);
    return connection;
  };
  const wire = (connection: Connection): object => ({
    ...connectionWire(connection, state.organization(connection.organizationId)),
    certificate_expires_at: connection.certificateExpiresAt,
  });

  router.post('/organizations', (request, response) => {
    const { name, domains } = read(createSchema, request);
    const verified = domains.map((domain) => ({ domain, state: 'verified' as const }));
    done(request, response, organizationWire(createOrganization(sandbox, { name }, verified)));
  });
  router.post('/organizations/:id', (request, response) => {
    const organization = organizationOf(request.params.id);
    const changed = read(changeSchema, request);
    const allow = changed.allow_profiles_outside_organization;
    const fields = defined({ name: changed.name, allowProfilesOutsideOrganization: allow });
    updateOrganization(sandbox, organization, fields);
    done(request, response, organizationWire(organization));
  });
  router.post('/organizations/:id/delete', (request, response) => {
    deleteOrganization(sandbox, organizationOf(request.params.id));
    done(request, response, {});
  });

  router.post('/organizations/:id/domains', (request, response) => {
    const domain = addDomain(sandbox, organizationOf(request.params.id), read(domainSchema, request));
    done(request, response, domainWire(domain));
  });
  router.post('/domains/:id', (request, response) => {
    const domain = domainOf(request.params.id);
    const { state: next, reason } = read(domainStateSchema, request);
    if (next === 'failed' && reason) failDomain(sandbox, domain, reason);
    else setDomainState(sandbox, domain, next);
    done(request, response, domainWire(domain));
  });
  router.post('/domains/:id/delete', (request, response) => {
    removeDomain(sandbox, domainOf(request.params.id));
    done(request, response, {});
  });

  router.post('/organizations/:id/connections', (request, response) => {
    const { id } = organizationOf(request.params.id);
    const { name, connection_type: type, state: initial } = read(connectionSchema, request);
    done(request, response, wire(createConnection(sandbox, id, { name, type, state: initial })));
  });
  router.post('/connections/:id/delete', (request, response) => {
    deleteConnection(sandbox, connectionOf(request.params.id));
    done(request, response, {});
  });
  router.post('/connections/:id/certificate', (request, response) => {
    const connection = connectionOf(request.params.id);
    expireCertificate(sandbox, connection, read(certificateSchema, request).expires_in_days);
    done(request, response, wire(connection));
  });
  router.post('/connections/:id/certificate/renew', (request, response) => {
    const connection = connectionOf(request.params.id);
    renewCertificate(sandbox, connection);
    done(request, response, wire(connection));
  });

  return router;
}
