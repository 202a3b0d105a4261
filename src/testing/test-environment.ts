import { randomBytes } from 'node:crypto';

/** Well-formed and worth nothing. WorkOS is where nobody listens: what would ask it fails at once. */
export function testEnvironment(): Readonly<Record<string, string>> {
  return {
    NODE_ENV: 'test',
    APP_URL: 'https://app.example.com',
    WORKOS_API_KEY: `sk_test_${randomBytes(16).toString('hex')}`,
    WORKOS_CLIENT_ID: 'client_01HGATEH0VSEFEATVRETEST001',
    WORKOS_API_URL: 'http://127.0.0.1:9',
    SESSION_KEYS: randomBytes(32).toString('base64'),
    EVENTS_INTERVAL: '0',
    LOG_LEVEL: 'silent',
  };
}
