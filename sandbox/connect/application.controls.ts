import { randomBytes } from 'node:crypto';
import express, { Router } from 'express';
import { z } from 'zod';
import { notFound } from '../api-error.js';
import { newTimes, touch } from '../changes/records.js';
import { done, read } from '../controls.http.js';
import { freshId } from '../ids.js';
import { defined } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import type { ConnectApplication } from './application.model.js';
import { applicationWire } from './application.wire.js';

const scope = z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/);
const createSchema = z.strictObject({
  organization_id: z.string(),
  name: z.string().min(1).default('M2M application'),
  scopes: z.array(scope).default([]),
});
const changeSchema = z.strictObject({
  name: z.string().min(1).optional(),
  scopes: z.array(scope).optional(),
});

/** M2M applications, by id or client id. WorkOS sends no event for them. */
export function applicationControls(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();
  const find = (key: string): ConnectApplication => {
    const application = state.applications.find(({ id, clientId }) => id === key || clientId === key);
    if (!application) throw notFound('application', key);
    return application;
  };

  router.post('/', (request, response) => {
    const { organization_id: organizationId, name, scopes } = read(createSchema, request);
    if (!state.organization(organizationId)) throw notFound('organization', organizationId);
    const application: ConnectApplication = {
      id: freshId('conn_app'),
      clientId: freshId('client'),
      clientSecret: `sandbox_${randomBytes(20).toString('hex')}`,
      isSeeded: false,
      name,
      organizationId,
      scopes,
      ...newTimes(sandbox),
    };
    state.applications.push(application);
    const secret = { client_secret: application.clientSecret };
    done(request, response, { ...applicationWire(application), ...secret });
  });
  router.post('/:id', (request, response) => {
    const application = find(request.params.id);
    Object.assign(application, defined(read(changeSchema, request)));
    touch(sandbox, application);
    done(request, response, applicationWire(application));
  });
  router.post('/:id/delete', (request, response) => {
    const { id } = find(request.params.id);
    state.applications = state.applications.filter((application) => application.id !== id);
    done(request, response, {});
  });

  return router;
}
