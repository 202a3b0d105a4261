import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createNoopMeter } from '@opentelemetry/api';
import type { WorkOS } from '@workos-inc/node';
import { readConfig } from '../config/config.js';
import { workosProvider } from './workos.client.provider.js';
import { classify } from './workos.errors.js';
import { WorkosRequests } from './workos.requests.js';
import { WorkosStub } from './workos.stub.js';

const API_KEY = `sk_test_${randomBytes(12).toString('hex')}`;
const SECRET = { code: 'code_1', clientId: 'client_01ABC' };

describe('the client of WorkOS', () => {
  let stub: WorkosStub;
  let workos: WorkOS;
  beforeEach(async () => {
    stub = await WorkosStub.start();
    workos = await workosProvider.useFactory(
      readConfig({
        WORKOS_API_KEY: API_KEY,
        WORKOS_CLIENT_ID: 'client_01ABC',
        WORKOS_API_URL: stub.url,
        SESSION_KEYS: randomBytes(32).toString('base64'),
      }),
      new WorkosRequests(createNoopMeter()),
    );
  });
  afterEach(() => stub.close());

  it('speaks to the configured address with the configured key', async () => {
    stub.on('/sso/token', { status: 400, json: { error: 'invalid_grant' } });
    await expect(workos.sso.getProfileAndToken(SECRET)).rejects.toThrow();
    expect(stub.received.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${API_KEY}`]);
  });

  it.each([301, 302, 303, 307, 308])('never sends the key on after a %d', async (status) => {
    const other = await WorkosStub.start();
    const location = `${other.url}/sso/token`;
    stub.on('/sso/token', { status, headers: { location } });
    other.on('/sso/token', { json: { profile: {} } });
    try {
      const failure = await workos.sso.getProfileAndToken(SECRET).catch(classify);
      expect(failure).toEqual({ kind: 'unavailable' });
      expect(other.received).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('tries once more, and not a third time', async () => {
    stub.on('/sso/token', { status: 503, json: {}, headers: { 'retry-after': '0' } });
    await expect(workos.sso.getProfileAndToken(SECRET)).rejects.toThrow();
    expect(stub.received).toHaveLength(2);
  });
});
