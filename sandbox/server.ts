import type { Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { answerErrors, requireApiKey } from './api-error.js';
import { apiKeyRoutes } from './api-keys/api-key.routes.js';
import { authenticateRoutes } from './authenticate.routes.js';
import { authKitRoutes } from './authkit.routes.js';
import { answerPageProblems } from './browser-error.js';
import { connectRoutes } from './connect/token.routes.js';
import { controlRoutes } from './controls.routes.js';
import { directoryRoutes } from './directories/directory.routes.js';
import { eventRoutes } from './events/events.routes.js';
import { homePage } from './home.page.js';
import { freshId } from './ids.js';
import { SigningKeys } from './keys.js';
import { oauthProviderRoutes } from './oauth-provider.routes.js';
import { organizationRoutes } from './organization.routes.js';
import { organizationWriteRoutes } from './organization-writes.routes.js';
import { portalLinkRoutes } from './portal/portal-link.routes.js';
import { portalRoutes } from './portal/portal.routes.js';
import { RecordIds } from './record-ids.js';
import { announceSeed } from './changes/announce-seed.js';
import { checkRoutes } from './resources/check.routes.js';
import { samlRoutes } from './saml.routes.js';
import { Sandbox } from './sandbox.js';
import { readSeed, type Seed } from './seed.js';
import { ssoRoutes } from './sso.routes.js';
import type { SandboxState } from './state.js';
import { userRoutes } from './user.routes.js';
import { userWriteRoutes } from './user-writes.routes.js';
import type { WebhookOptions, Webhooks } from './webhooks/webhooks.js';

export type { Seed } from './seed.js';
export { SANDBOX_WEBHOOK_SECRET } from './webhooks/webhooks.js';

export interface SandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Where the application under development runs: its redirect URIs are registered from it. */
  appUrl: string;
  /** A seed or the path of a YAML file; the sandbox's own where left out. */
  seed?: Seed | string;
  host?: string;
  /** Where events are delivered; the sandbox's own secret signs where none is given. */
  webhooks?: WebhookOptions[];
  /** A file that keeps the identifiers of what was deleted, for a service that keeps its database over restarts. */
  spentIds?: string;
  /** What it signs with first, PKCS #8; a key of its own where left out. */
  privateKey?: string | undefined;
}

export interface RunningSandbox {
  url: string;
  clientId: string;
  apiKey: string;
  state: SandboxState;
  webhooks: Webhooks;
  /** What signs its tokens: for a test that needs one which WorkOS would not make. */
  keys: SigningKeys;
  close(): Promise<void>;
}

export const DEFAULT_SEED = fileURLToPath(new URL('seed.yaml', import.meta.url));
const STYLES = readFileSync(new URL('sandbox.css', import.meta.url), 'utf8');

function application(sandbox: Sandbox): Express {
  const { state, faults, requests, clock } = sandbox;
  const forms = [express.urlencoded({ extended: false, limit: '1mb' }), express.json({ limit: '1mb' })];
  const app = express();
  app.disable('x-powered-by');
  app.get('/sandbox.css', (_request, response) => void response.type('css').send(STYLES));
  app.use('/_sandbox', forms, controlRoutes(sandbox));
  app.use(requests.record(clock.now), faults.handle);
  app.use((_request, response, next) => {
    response.set({ 'X-Request-Id': freshId('req'), 'Cache-Control': 'no-store' });
    next();
  });
  app.use('/idp', sandbox.idp.router());
  app.use(forms);
  app.use('/portal', portalRoutes(sandbox));
  app.get('/', (_request, response) => void response.send(homePage(sandbox)));
  app.use(ssoRoutes(sandbox), samlRoutes(sandbox), oauthProviderRoutes(sandbox));
  app.use(authenticateRoutes(sandbox), authKitRoutes(sandbox), connectRoutes(sandbox));
  app.use(
    requireApiKey(state),
    portalLinkRoutes(sandbox),
    eventRoutes(sandbox),
    directoryRoutes(sandbox),
    organizationRoutes(sandbox),
    userRoutes(sandbox),
    organizationWriteRoutes(sandbox),
    userWriteRoutes(sandbox),
    apiKeyRoutes(sandbox),
    checkRoutes(sandbox),
  );
  app.use((_request, response) => void response.status(404).json({ message: 'Not Found' }));
  app.use(answerPageProblems, answerErrors);
  return app;
}

/** Starts a small WorkOS on the loopback interface. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const seed = readSeed(options.seed ?? DEFAULT_SEED);
  const { privateKey } = options;
  const ids = new RecordIds(options.spentIds);
  const keys = await SigningKeys.create(privateKey);
  const sandbox = new Sandbox(seed, options.appUrl.replace(/\/$/, ''), keys, ids, privateKey);
  const server = await listen(application(sandbox), options.port ?? 0, options.host ?? '127.0.0.1');
  sandbox.url = `http://localhost:${(server.address() as AddressInfo).port}`;
  sandbox.webhooks.configure(options.webhooks ?? []);
  if (options.spentIds !== undefined) announceSeed(sandbox);
  return {
    url: sandbox.url,
    clientId: seed.client_id,
    apiKey: seed.api_key,
    state: sandbox.state,
    webhooks: sandbox.webhooks,
    keys: sandbox.keys,
    close: () => {
      sandbox.webhooks.close();
      return close(server);
    },
  };
}

function listen(app: Express, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error) => (error ? reject(error) : resolve(server)));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
