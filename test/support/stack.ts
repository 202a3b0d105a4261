import { jest } from '@jest/globals';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { randomBytes } from 'node:crypto';
import { createApp } from '../../src/app.js';
import { Clock } from '../../src/common/clock.js';
import type { RunningSandbox } from '../../sandbox/server.js';
import { freePort } from './free-port.js';
import { createDatabase, type TestDatabase } from './postgres.js';
import { sandboxFor } from './sandbox.js';
import { Site, type SignInMode } from './site.js';

export { ACME, GLOBEX, MODES, type ApiAnswer, type ApiBody, type SignInMode } from './site.js';

/** One node of the service, its sandbox and its database, in this process, with real sockets between them. */
export class Stack extends Site {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    readonly sandbox: RunningSandbox,
    readonly database: TestDatabase,
    readonly env: Readonly<Record<string, string>>,
    private readonly shared: boolean,
  ) {
    super();
  }

  /** @param features modules that the service has beside its own */
  static async start(
    mode: SignInMode,
    env: Readonly<Record<string, string>> = {},
    features: readonly Type[] = [],
  ): Promise<Stack> {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const [sandbox, database] = await Promise.all([sandboxFor(url), createDatabase()]);
    const settings = {
      PORT: String(port),
      WORKOS_API_KEY: sandbox.apiKey,
      WORKOS_CLIENT_ID: sandbox.clientId,
      WORKOS_API_URL: sandbox.url,
      SIGN_IN: mode,
      SESSION_KEYS: randomBytes(32).toString('base64'),
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      // Nothing is asked of the sandbox but what a test does: those that follow events switch this on.
      EVENTS_INTERVAL: '0',
      ...env,
    };
    const app = await createApp(settings, features);
    await app.listen(port, '127.0.0.1');
    return new Stack(app, url, sandbox, database, settings, false);
  }

  /** The same, told by webhooks of whatever happens in its sandbox. */
  static async startHearing(mode: SignInMode, env: Readonly<Record<string, string>> = {}): Promise<Stack> {
    const secret = `whsec_${randomBytes(24).toString('hex')}`;
    const stack = await Stack.start(mode, { WORKOS_WEBHOOK_SECRET: secret, ...env });
    await stack.control('/webhooks/endpoints', { url: `${stack.url}/webhooks/workos`, secret });
    return stack;
  }

  /** One more node over the same database and sandbox, with the same public origin, on a port of its own. */
  async addNode(env: Readonly<Record<string, string>> = {}): Promise<Stack> {
    const port = await freePort();
    const settings = { ...this.env, APP_URL: this.url, PORT: String(port), ...env };
    const app = await createApp(settings);
    await app.listen(port, '127.0.0.1');
    return new Stack(app, `http://localhost:${port}`, this.sandbox, this.database, settings, true);
  }

  async stop(): Promise<void> {
    await this.app.close();
    if (this.shared) return;
    await this.sandbox.close();
    await this.database.drop();
  }

  /** Moves the service's clock; the sandbox's stays. */
  moveClock(seconds: number): void {
    const clock = this.app.get(Clock);
    const moved = () => Date.now() + seconds * 1000;
    jest.spyOn(clock, 'now').mockImplementation(() => new Date(moved()));
    jest.spyOn(clock, 'milliseconds').mockImplementation(moved);
  }
}
