import express, { Router } from 'express';
import { z } from 'zod';
import { notFound, unprocessable } from '../api-error.js';
import { listWire, single } from '../parameters.js';
import { readBody } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import { createApiKey, revokeApiKey, useApiKey, type NewApiKey } from './api-key-changes.js';
import { apiKeyWire, createdApiKeyWire } from './api-key.wire.js';

const validationSchema = z.object({ value: z.string().min(1) });
const createSchema = z.object({
  name: z.string().min(1),
  permissions: z.array(z.string()).default([]),
  expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
});
const userKeySchema = createSchema.extend({ organization_id: z.string() });

/** API keys that the application gives its customers. They open nothing at WorkOS. */
export function apiKeyRoutes(sandbox: Sandbox): Router {
  const { state, clock } = sandbox;
  const router = express.Router();

  const checkOrganization = (id: string): void => {
    if (!state.organization(id)) throw notFound('organization', id);
  };
  const checkUser = (id: string): void => {
    if (!state.user(id)) throw notFound('user', id);
  };
  const given = (
    body: z.output<typeof createSchema>,
  ): Pick<NewApiKey, 'name' | 'permissions' | 'expiresAt'> => {
    const unknown = body.permissions.find((slug) => !state.permissions.some((entry) => entry.slug === slug));
    if (unknown !== undefined) throw unprocessable('permissions', `There is no permission ${unknown}.`);
    const expiresAt = body.expires_at === null ? null : new Date(body.expires_at);
    if (expiresAt && clock.isPast(expiresAt))
      throw unprocessable('expires_at', 'expires_at must be in the future');
    return { name: body.name, permissions: body.permissions, expiresAt };
  };

  router.post('/api_keys/validations', (request, response) => {
    const key = useApiKey(sandbox, readBody(validationSchema, request).value);
    response.json({ api_key: key && apiKeyWire(key) });
  });
  router.delete('/api_keys/:id', ({ params: { id } }, response) => {
    const key = state.apiKeys.find((candidate) => candidate.id === id);
    if (!key) throw notFound('API key', id);
    revokeApiKey(sandbox, key);
    response.status(204).end();
  });

  router.get('/organizations/:id/api_keys', ({ params: { id }, query }, response) => {
    checkOrganization(id);
    const own = state.apiKeys.filter((key) => key.organizationId === id && key.userId === null);
    response.json(listWire(own, query, apiKeyWire));
  });
  router.post('/organizations/:id/api_keys', (request, response) => {
    const { id } = request.params;
    checkOrganization(id);
    const fields = given(readBody(createSchema, request));
    const key = createApiKey(sandbox, { ...fields, organizationId: id, userId: null });
    response.status(201).json(createdApiKeyWire(key));
  });

  router.get('/user_management/users/:id/api_keys', ({ params: { id }, query }, response) => {
    checkUser(id);
    const organizationId = single(query, 'organization_id');
    const own = state.apiKeys.filter(
      (key) => key.userId === id && (organizationId === undefined || key.organizationId === organizationId),
    );
    response.json(listWire(own, query, apiKeyWire));
  });
  router.post('/user_management/users/:id/api_keys', (request, response) => {
    const { id } = request.params;
    checkUser(id);
    const body = readBody(userKeySchema, request);
    checkOrganization(body.organization_id);
    if (!state.membership(id, body.organization_id)) {
      throw unprocessable('organization_id', 'The user is not an active member of the organization.');
    }
    const owner = { organizationId: body.organization_id, userId: id };
    response.status(201).json(createdApiKeyWire(createApiKey(sandbox, { ...given(body), ...owner })));
  });

  return router;
}
