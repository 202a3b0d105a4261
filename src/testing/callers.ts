import { sql } from 'kysely';
import request from 'supertest';
import { CredentialReader } from '../auth/credentials/passport.provider.js';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { Principal } from '../identity/principal.js';
import type { TestApp } from './create-test-app.js';
import { MemoryCredentialReader } from './memory.credential-reader.js';
import {
  apiKeyPrincipal,
  machinePrincipal,
  userPrincipal,
  type TestApiKey,
  type TestMachine,
  type TestUser,
} from './principals.js';

export type TestAgent = ReturnType<typeof request.agent>;

/**
 * A person who is signed in, in a browser: the agent sends their session cookie. Does not run a sign-in: nothing is asked of
 * WorkOS, and no session is stored. Their organization and their account are there, for rows that refer to them.
 *
 * @example
 * ```ts
 * const ada = await signInAs(app, { organization: 'org_acme', permissions: ['invoices:read'] });
 * await ada.get('/v1/invoices').expect(200);
 * ```
 */
export function signInAs(app: TestApp, given: TestUser = {}): Promise<TestAgent> {
  return agentOf(app, userPrincipal(given, nowIn(app)));
}

/** The same for a machine-to-machine application of an organization: the agent sends a bearer token. */
export function asMachine(app: TestApp, given: TestMachine): Promise<TestAgent> {
  return agentOf(app, machinePrincipal(given, nowIn(app)));
}

/** The same for an API key of an organization, or of one of its people. */
export function asApiKey(app: TestApp, given: TestApiKey): Promise<TestAgent> {
  return agentOf(app, apiKeyPrincipal(given));
}

async function agentOf(app: TestApp, principal: Principal): Promise<TestAgent> {
  const reader = app.get(CredentialReader, { strict: false });
  if (!(reader instanceof MemoryCredentialReader))
    throw new TypeError('Callers are made up for an application of createTestApp() alone.');
  await store(app.get(Database, { strict: false }), principal, nowIn(app));
  const agent = request.agent(app.getHttpServer());
  agent.set(reader.admit(principal));
  return agent;
}

function nowIn(app: TestApp): Date {
  return app.get(Clock, { strict: false }).now();
}

async function store(database: Database, { organization, ...caller }: Principal, now: Date): Promise<void> {
  if (organization) {
    await sql`insert into organizations (id, name, synced_at)
      values (${organization.id}, ${organization.name}, ${now}) on conflict do nothing`.execute(database);
  }
  if (caller.kind !== 'user') return;
  const { id, email, firstName, lastName } = caller.user;
  await sql`insert into users (id, email, first_name, last_name, created_at, updated_at)
    values (${id}, ${email}, ${firstName}, ${lastName}, ${now}, ${now}) on conflict do nothing`.execute(
    database,
  );
}
