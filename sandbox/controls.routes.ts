// oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes a rejected promise on to the error handler
import express, { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { notFound } from './api-error.js';
import { apiKeyControls } from './api-keys/api-key.controls.js';
import { setConnectionState } from './changes/connection-changes.js';
import { organizationControls } from './changes/organization.controls.js';
import { userControls } from './changes/user.controls.js';
import { applicationControls } from './connect/application.controls.js';
import { done, flag, read, refuseOtherSites } from './controls.http.js';
import { controlsPage } from './controls.page.js';
import { directoryControls } from './directories/directories.controls.js';
import { SUSPENSIONS } from './directories/directory.model.js';
import { eventControls } from './events/events.controls.js';
import { faultSchema } from './faults.js';
import { chosenIdentityProvider } from './identity-provider.form.js';
import { impersonationControls } from './impersonation/impersonation.controls.js';
import { CONNECTION_STATES, IDP_INITIATED_MODES, type Connection } from './model.js';
import { portalControls } from './portal/portal-link.routes.js';
import { resourceControls } from './resources/resource.controls.js';
import type { Sandbox } from './sandbox.js';
import { stateWire } from './state.wire.js';
import { webhookControls } from './webhooks/webhooks.controls.js';
import { connectionWire } from './wire.js';

const list = z.union([
  z.array(z.url()),
  z.string().transform((text) => text.split(/\s+/).filter((line) => line !== '')),
]);

const clockSchema = z.strictObject({ advance: z.coerce.number() });
const rotateSchema = z.strictObject({ retire_others: flag.default(false) });
const connectionSchema = z.strictObject({
  state: z.enum(CONNECTION_STATES).optional(),
  idp_initiated: z.enum(IDP_INITIATED_MODES).optional(),
});
const settingsSchema = z.strictObject({
  redirect_uris: list.optional(),
  default_redirect_uri: z.url().optional(),
  logout_redirects: list.optional(),
  initiate_login_uri: z.url().optional(),
  organization_selections: z.coerce.number().int().min(0).optional(),
  directory_suspension: z.enum(SUSPENSIONS).optional(),
  directory_legacy_fields: flag.optional(),
});

/** What turns the sandbox's knobs. No credential: it listens on the loopback interface, for development. */
export function controlRoutes(sandbox: Sandbox): Router {
  const { state, clock, faults, requests, keys, webhooks, portal } = sandbox;
  const router = express.Router();

  router.use(refuseOtherSites);

  router.get('/', (_request, response) => void response.send(controlsPage(sandbox)));
  router.use(organizationControls(sandbox), userControls(sandbox), resourceControls(sandbox));
  router.use('/api_keys', apiKeyControls(sandbox));
  router.use('/applications', applicationControls(sandbox));
  router.use('/directories', directoryControls(sandbox));
  router.use('/events', eventControls(sandbox));
  router.use('/impersonations', impersonationControls(sandbox));
  router.use('/portal', portalControls(sandbox));
  router.use('/webhooks', webhookControls(sandbox));
  router.get('/state', (_request, response) => void response.json(stateWire(sandbox)));
  router.get('/requests', (_request, response) => void response.json({ data: requests.entries }));
  router.delete('/requests', (_request, response) => {
    requests.clear();
    response.json({ data: [] });
  });

  router.post('/reset', (request, response) => {
    state.reset();
    webhooks.reset();
    portal.reset();
    clock.reset();
    faults.clear();
    requests.clear();
    done(request, response, stateWire(sandbox));
  });

  router.post('/faults', (request, response) => {
    faults.add(read(faultSchema, request));
    done(request, response, { data: faults.active });
  });
  const clearFaults = (request: Request, response: Response): void => {
    faults.clear();
    done(request, response, { data: [] });
  };
  router.delete('/faults', clearFaults);
  router.post('/faults/clear', clearFaults);

  router.post('/clock', (request, response) => {
    clock.advance(read(clockSchema, request).advance);
    done(request, response, { now: clock.now().toISOString(), offset_seconds: clock.offsetSeconds });
  });

  router.post('/keys/rotate', async (request, response) => {
    await keys.rotate({ retireOthers: read(rotateSchema, request).retire_others });
    done(request, response, { kids: keys.kids });
  });

  router.post('/settings', (request, response) => {
    const changed = read(settingsSchema, request);
    const { settings } = state;
    settings.redirectUris = changed.redirect_uris ?? settings.redirectUris;
    settings.defaultRedirectUri = changed.default_redirect_uri ?? settings.defaultRedirectUri;
    settings.logoutRedirects = changed.logout_redirects ?? settings.logoutRedirects;
    settings.initiateLoginUri = changed.initiate_login_uri ?? settings.initiateLoginUri;
    settings.organizationSelections = changed.organization_selections ?? settings.organizationSelections;
    settings.directorySuspension = changed.directory_suspension ?? settings.directorySuspension;
    settings.directoryLegacyFields = changed.directory_legacy_fields ?? settings.directoryLegacyFields;
    done(request, response, stateWire(sandbox).settings);
  });

  const find = (id: string): Connection => {
    const connection = state.connection(id);
    if (!connection) throw notFound('connection', id);
    return connection;
  };
  const wire = (connection: Connection): Record<string, unknown> =>
    connectionWire(connection, state.organization(connection.organizationId));

  router.post('/connections/:id', (request, response) => {
    const connection = find(request.params.id);
    const changed = read(connectionSchema, request);
    connection.idpInitiated = changed.idp_initiated ?? connection.idpInitiated;
    setConnectionState(sandbox, connection, changed.state ?? connection.state);
    done(request, response, { ...wire(connection), idp_initiated: connection.idpInitiated });
  });

  router.post('/connections/:id/identity-provider', async (request, response) => {
    const connection = find(request.params.id);
    connection.idp = await chosenIdentityProvider(request);
    connection.updatedAt = clock.now();
    done(request, response, { ...wire(connection), idp: connection.idp });
  });

  return router;
}
