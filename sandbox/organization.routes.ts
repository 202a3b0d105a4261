import express, { Router } from 'express';
import { notFound, unprocessable } from './api-error.js';
import { listWire, several, single } from './parameters.js';
import type { Sandbox } from './sandbox.js';
import { connectionWire, domainWire, organizationWire, permissionWire, roleWire } from './wire.js';

/** Organizations, their domains, connections and roles, read. */
export function organizationRoutes({ state }: Sandbox): Router {
  const router = express.Router();

  router.get('/organizations', (request, response) => {
    const domains = several(request.query, 'domains').map((domain) => domain.toLowerCase());
    const search = single(request.query, 'search')?.toLowerCase() ?? '';
    const found = state.organizations.filter(
      (organization) =>
        organization.name.toLowerCase().includes(search) &&
        (domains.length === 0 || organization.domains.some(({ domain }) => domains.includes(domain))),
    );
    response.json(listWire(found, request.query, organizationWire));
  });

  router.get('/organizations/:id', ({ params: { id } }, response) => {
    const organization = state.organization(id);
    if (!organization) throw notFound('organization', id);
    response.json(organizationWire(organization));
  });

  router.get('/organization_domains/:id', ({ params: { id } }, response) => {
    const domain = state.domain(id);
    if (!domain) throw notFound('organization domain', id);
    response.json(domainWire(domain));
  });

  router.get('/connections', (request, response) => {
    const type = single(request.query, 'connection_type');
    const domain = single(request.query, 'domain')?.toLowerCase();
    const organizationId = single(request.query, 'organization_id');
    if (type !== undefined && !/^[A-Za-z0-9]+$/.test(type)) {
      throw unprocessable('connection_type', 'connection_type must be a connection type');
    }
    const found = state.connections.filter(
      (connection) =>
        (type === undefined || connection.type === type) &&
        (organizationId === undefined || connection.organizationId === organizationId) &&
        (domain === undefined ||
          state.organization(connection.organizationId)?.domains.some((entry) => entry.domain === domain)),
    );
    response.json(
      listWire(found, request.query, (connection) =>
        connectionWire(connection, state.organization(connection.organizationId)),
      ),
    );
  });

  router.get('/connections/:id', ({ params: { id } }, response) => {
    const connection = state.connection(id);
    if (!connection) throw notFound('connection', id);
    response.json(connectionWire(connection, state.organization(connection.organizationId)));
  });

  const roles = (organizationId: string | null): unknown => {
    const owners = [null, organizationId];
    const found = state.roles.filter((role) => owners.includes(role.organizationId));
    return { object: 'list', data: found.map(roleWire) };
  };
  router.get('/authorization/roles', (_request, response) => void response.json(roles(null)));
  router.get('/authorization/organizations/:id/roles', ({ params: { id } }, response) => {
    if (!state.organization(id)) throw notFound('organization', id);
    response.json(roles(id));
  });
  router.get('/authorization/permissions', (request, response) => {
    response.json(listWire(state.permissions, request.query, permissionWire));
  });

  return router;
}
