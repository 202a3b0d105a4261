import express, { Router } from 'express';
import { z } from 'zod';
import { notFound } from '../api-error.js';
import { done, read } from '../controls.http.js';
import { defined } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import { createApiKey, revokeApiKey, updateApiKey } from './api-key-changes.js';
import type { ApiKey } from './api-key.model.js';
import { apiKeyWire, createdApiKeyWire } from './api-key.wire.js';

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const createSchema = z.strictObject({
  organization_id: z.string(),
  user_id: z.string().nullable().default(null),
  name: z.string().min(1).default('API key'),
  permissions: z.array(z.string()).default([]),
  expires_at: moment.nullable().default(null),
});
const changeSchema = z.strictObject({
  name: z.string().min(1).optional(),
  permissions: z.array(z.string()).optional(),
  expires_at: moment.nullable().optional(),
});

/** API keys as the dashboard or the customer's own page changes them; also to what the API would refuse. */
export function apiKeyControls(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();
  const find = (id: string): ApiKey => {
    const key = state.apiKeys.find((candidate) => candidate.id === id);
    if (!key) throw notFound('API key', id);
    return key;
  };

  router.post('/', (request, response) => {
    const body = read(createSchema, request);
    const {
      organization_id: organizationId,
      user_id: userId,
      expires_at: expiresAt,
      name,
      permissions,
    } = body;
    if (!state.organization(organizationId)) throw notFound('organization', organizationId);
    if (userId !== null && !state.user(userId)) throw notFound('user', userId);
    const key = createApiKey(sandbox, { name, organizationId, userId, permissions, expiresAt });
    done(request, response, createdApiKeyWire(key));
  });
  router.post('/:id', (request, response) => {
    const key = find(request.params.id);
    const { expires_at: expiresAt, name, permissions } = read(changeSchema, request);
    updateApiKey(sandbox, key, defined({ name, permissions, expiresAt }));
    done(request, response, apiKeyWire(key));
  });
  router.post('/:id/revoke', (request, response) => {
    revokeApiKey(sandbox, find(request.params.id));
    done(request, response, {});
  });

  return router;
}
