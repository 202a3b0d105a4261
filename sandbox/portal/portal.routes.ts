// oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes a rejected promise on to the error handler
import express, { Router, type Request } from 'express';
import { z } from 'zod';
import { PageProblem } from '../browser-error.js';
import { createConnection, renewCertificate, setConnectionState } from '../changes/connection-changes.js';
import { addDomain, failDomain, verifyDomain } from '../changes/organization-changes.js';
import { touch } from '../changes/records.js';
import { read, refuseOtherSites } from '../controls.http.js';
import { cookie } from '../cookies.js';
import { createDirectory, setDirectoryState } from '../directories/directory-changes.js';
import { DIRECTORY_TYPES } from '../directories/directory.model.js';
import { chosenIdentityProvider } from '../identity-provider.form.js';
import type { Connection, EventActor, Organization } from '../model.js';
import { single } from '../parameters.js';
import { domainName } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import type { PortalVisit } from './admin-portal.js';
import { portalPage } from './portal.page.js';

const COOKIE = 'sandbox_portal';
const ACTOR: EventActor = { id: 'admin_portal', source: 'admin_portal', name: 'Admin Portal' };

const REFUSALS = {
  unknown: ['This link is not one of the Admin Portal', 'Ask for a new one where you got it.'],
  used: ['This link was opened already', 'Each link opens once. Ask for a new one where you got it.'],
  expired: ['This link has expired', 'A link is good for five minutes. Ask for a new one where you got it.'],
} as const;

const domainSchema = z.strictObject({ domain: z.string().trim().pipe(domainName) });
const domainStateSchema = z.strictObject({ state: z.enum(['verified', 'failed']) });
const connectionSchema = z.strictObject({ connection_type: z.string().regex(/SAML$/) });
const directorySchema = z.strictObject({ type: z.enum(DIRECTORY_TYPES) });
const stateSchema = z.strictObject({ state: z.enum(['active', 'inactive']) });

/** The pages of the Admin Portal: everything in them belongs to the organization that the link was made for. */
export function portalRoutes(sandbox: Sandbox): Router {
  const { state, portal } = sandbox;
  const router = express.Router();
  router.use(refuseOtherSites);

  router.get('/launch', (request, response) => {
    // Whatever only looks at a link, a mail scanner for instance, does not spend it.
    if (request.method === 'HEAD') return void response.end();
    const opened = portal.open(single(request.query, 'secret') ?? '');
    if ('refused' in opened) {
      const [title, detail] = REFUSALS[opened.refused];
      throw new PageProblem(410, title, detail);
    }
    response.cookie(COOKIE, opened.session, { httpOnly: true, sameSite: 'lax', path: '/portal' });
    response.redirect(303, '/portal');
  });

  const visitOf = (request: Request): { visit: PortalVisit; organization: Organization } => {
    const visit = portal.visit(cookie(request, COOKIE) ?? '');
    const organization = visit && state.organization(visit.organizationId);
    if (!organization) {
      const detail = 'Ask the application for a new link.';
      throw new PageProblem(401, 'Your visit to the Admin Portal has ended', detail);
    }
    return { visit, organization };
  };
  /** A record of this organization; another's is as unknown as one that is nowhere. */
  const own = <T extends { id: string; organizationId: string }>(
    request: Request,
    records: readonly T[],
  ): T => {
    const { organization } = visitOf(request);
    const found = records.find(({ id }) => id === request.params['id']);
    if (found?.organizationId === organization.id) return found;
    throw new PageProblem(404, 'There is no such thing here', 'Go back and reload the page.');
  };
  const back = '/portal';

  router.get('/', (request, response) => {
    const { visit, organization } = visitOf(request);
    response.send(portalPage(sandbox, visit, organization));
  });

  router.post('/domains', (request, response) => {
    const { organization } = visitOf(request);
    const { domain } = read(domainSchema, request);
    if (!organization.domains.some((entry) => entry.domain === domain)) {
      addDomain(sandbox, organization, { domain, state: 'pending' }, ACTOR);
    }
    response.redirect(303, back);
  });
  router.post('/domains/:id', (request, response) => {
    const domain = own(request, visitOf(request).organization.domains);
    const verified = read(domainStateSchema, request).state === 'verified';
    if (verified) verifyDomain(sandbox, domain, ACTOR);
    else failDomain(sandbox, domain, 'domain_verification_period_expired', ACTOR);
    response.redirect(303, back);
  });

  router.post('/connections', (request, response) => {
    const { organization } = visitOf(request);
    const { connection_type: type } = read(connectionSchema, request);
    const name = `${organization.name} ${type.replace(/SAML$/, '')}`;
    const connection = createConnection(sandbox, organization.id, { name, type, state: 'draft' });
    connection.idp = null;
    response.redirect(303, back);
  });
  router.post('/connections/:id', (request, response) => {
    const connection: Connection = own(request, state.connections);
    const { state: next } = read(stateSchema, request);
    if (next === 'active' && connection.idp === null) {
      const detail = 'Give the connection its metadata first, or take the Test Identity Provider.';
      throw new PageProblem(400, 'The connection has no identity provider yet', detail);
    }
    setConnectionState(sandbox, connection, next, ACTOR);
    response.redirect(303, back);
  });
  router.post('/connections/:id/identity-provider', async (request, response) => {
    const connection = own(request, state.connections);
    connection.idp = await chosenIdentityProvider(request);
    touch(sandbox, connection);
    response.redirect(303, back);
  });
  router.post('/connections/:id/certificate', (request, response) => {
    renewCertificate(sandbox, own(request, state.connections), ACTOR);
    response.redirect(303, back);
  });

  router.post('/directories', (request, response) => {
    const { organization } = visitOf(request);
    const { type } = read(directorySchema, request);
    createDirectory(sandbox, organization.id, {
      name: `${organization.name} directory`,
      type,
      state: 'inactive',
    });
    response.redirect(303, back);
  });
  router.post('/directories/:id', (request, response) => {
    const directory = own(request, state.directories);
    setDirectoryState(sandbox, directory, read(stateSchema, request).state, ACTOR);
    response.redirect(303, back);
  });

  return router;
}
