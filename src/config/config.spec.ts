import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';

const key = () => randomBytes(32).toString('base64');
const apiKey = (prefix = 'sk_live_') => prefix + randomBytes(24).toString('hex');
const KEYS = key();

type Env = Readonly<Record<string, string | undefined>>;

const DEVELOPMENT: Env = {
  WORKOS_API_KEY: apiKey('sk_test_'),
  WORKOS_CLIENT_ID: 'client_01HGATEH0VSE',
  SESSION_KEYS: KEYS,
};
const PRODUCTION: Env = {
  ...DEVELOPMENT,
  NODE_ENV: 'production',
  WORKOS_API_KEY: apiKey(),
  APP_URL: 'https://app.acme.com',
};

function problemsOf(env: Env): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** The names of the variables that are complained of, each once. */
const blamed = (env: Env) => new Set(problemsOf(env).map((problem) => problem.split(/[ .]/)[0]));

describe('a usable environment', () => {
  it('needs no more than the key and the client id of WorkOS, and has safe defaults', () => {
    expect(readConfig(DEVELOPMENT)).toMatchObject({
      production: false,
      port: 3000,
      appUrl: 'http://localhost:3000',
      workos: {
        apiUrl: 'https://api.workos.com',
        clientId: 'client_01HGATEH0VSE',
        webhookSecrets: [],
      },
      signIn: 'sso',
      session: { keys: [Buffer.from(KEYS, 'base64')], idleTimeout: 3600, absoluteTimeout: 86_400 },
      returnToOrigins: [],
      trustedOrigins: [],
      logoutRedirectUrl: 'http://localhost:3000',
      idpInitiated: 'restart',
      guests: 'deny',
      trustProxy: 0,
      databaseUrl: null,
      redisUrl: null,
      logLevel: 'info',
      eventsInterval: 120,
      operatorToken: null,
      metricsPort: null,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const empty = Object.fromEntries(
      [
        'PORT',
        'APP_URL',
        'SIGN_IN',
        'GUESTS',
        'RETURN_TO_ORIGINS',
        'DATABASE_URL',
        'REDIS_URL',
        'TRUST_PROXY',
      ].map((name, index) => [name, index % 2 ? '' : '  ']),
    );
    expect(readConfig({ ...DEVELOPMENT, ...empty })).toEqual(readConfig(DEVELOPMENT));
  });

  it('is accepted in production', () => {
    expect(readConfig(PRODUCTION)).toMatchObject({ production: true, appUrl: 'https://app.acme.com' });
  });

  it('lists origins as browsers write them', () => {
    const { returnToOrigins, trustedOrigins, appUrl } = readConfig({
      ...DEVELOPMENT,
      APP_URL: 'HTTPS://App.Acme.com:443/',
      RETURN_TO_ORIGINS: ' https://Reports.acme.com , http://localhost:8080/,',
      TRUSTED_ORIGINS: 'https://xn--mnchen-3ya.de',
    });
    expect(appUrl).toBe('https://app.acme.com');
    expect(returnToOrigins).toEqual(['https://reports.acme.com', 'http://localhost:8080']);
    expect(trustedOrigins).toEqual(['https://xn--mnchen-3ya.de']);
  });

  it('reads several session keys, the newest first', () => {
    const older = key();
    const { session } = readConfig({ ...PRODUCTION, SESSION_KEYS: `${KEYS}, ${older}` });
    expect(session.keys.map((bytes) => bytes.toString('base64'))).toEqual([KEYS, older]);
  });

  it('knows one webhook secret, or two during a rotation', () => {
    const secrets = [key(), key()];
    const [one, two] = [secrets[0], secrets.join(' , ')].map(
      (value) => readConfig({ ...PRODUCTION, WORKOS_WEBHOOK_SECRET: value }).workos.webhookSecrets,
    );
    expect([one, two]).toEqual([secrets.slice(0, 1), secrets]);
  });

  it('accepts the ways in which WorkOS names itself in access tokens, or those that are given', () => {
    expect(readConfig(PRODUCTION).workos.issuers).toEqual([
      'https://api.workos.com',
      'https://api.workos.com/',
      'https://api.workos.com/user_management/client_01HGATEH0VSE',
    ]);
    const { workos } = readConfig({ ...PRODUCTION, WORKOS_ISSUER: 'https://auth.acme.com, https://b' });
    expect(workos.issuers).toEqual(['https://auth.acme.com', 'https://b']);
  });
});

describe('secrets of webhooks and of operators', () => {
  const other = key();
  it.each([
    ['WORKOS_WEBHOOK_SECRET', 'whsec_2f9c'],
    ['WORKOS_WEBHOOK_SECRET', 'whsec_your_secret_from_the_dashboard'],
    ['WORKOS_WEBHOOK_SECRET', `${other},`],
    ['WORKOS_WEBHOOK_SECRET', `${other},${other}`],
    ['WORKOS_WEBHOOK_SECRET', `${other},${key()},${key()}`],
    ['WORKOS_WEBHOOK_SECRET', KEYS],
    ['WORKOS_WEBHOOK_SECRET', `whsec_sandbox_${other}`],
    ['OPERATOR_TOKEN', 'only-thirty-one-characters-long'],
    ['OPERATOR_TOKEN', 'changeme-changeme-changeme-changeme'],
    ['OPERATOR_TOKEN', `${key()} ${key()}`],
    ['OPERATOR_TOKEN', KEYS],
    ['EVENTS_INTERVAL', '0'],
    ['EVENTS_INTERVAL', '201'],
  ])('are refused where they could be guessed or hold twice: %s=%s', (name, value) => {
    const env = { ...PRODUCTION, [name]: value };
    expect([...blamed(env)]).toEqual([name]);
    expect(problemsOf(env).join()).not.toContain(value.length > 3 ? value : 'nothing');
  });

  it('are not one and the same', () => {
    expect([...blamed({ ...PRODUCTION, WORKOS_WEBHOOK_SECRET: other, OPERATOR_TOKEN: other })]).toEqual([
      'OPERATOR_TOKEN',
    ]);
  });
});

describe('session keys that are not given', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('are made once outside production, for the owner alone, and kept', () => {
    const env = { ...DEVELOPMENT, SESSION_KEYS: undefined, DATA_DIR: join(dataDir, 'new') };
    const first = readConfig(env).session.keys;
    expect(first.map((bytes) => bytes.length)).toEqual([32]);
    expect(readConfig(env).session.keys).toEqual(first);
    expect(statSync(join(dataDir, 'new/session-keys')).mode & 0o777).toBe(0o600);
  });
});

describe('an environment that is not usable', () => {
  it('is reported whole, at once', () => {
    const wrong: Env = {
      NODE_ENV: 'production',
      PORT: '70000',
      METRICS_PORT: '0',
      APP_URL: 'http://app.acme.com',
      WORKOS_API_URL: 'http://api.workos.com',
      SIGN_IN: 'saml',
      SESSION_IDLE_TIMEOUT: '1e3',
      SESSION_ABSOLUTE_TIMEOUT: '-1',
      RETURN_TO_ORIGINS: 'https://a.com,https://b.com/path',
      LOGOUT_REDIRECT_URL: 'javascript:alert(1)',
      IDP_INITIATED: 'yes',
      GUESTS: 'maybe',
      TRUST_PROXY: 'true',
      DATABASE_URL: 'mysql://localhost/x',
      REDIS_URL: 'localhost:6379',
      LOG_LEVEL: 'loud',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    };
    const missing = ['SESSION_KEYS', 'WORKOS_API_KEY', 'WORKOS_CLIENT_ID'];
    expect(blamed(wrong)).toEqual(
      new Set([...Object.keys(wrong), ...missing].filter((name) => name !== 'NODE_ENV')),
    );
  });

  it('says one thing of a variable that is wrong by itself, and does not call it missing', () => {
    const problems = problemsOf({ ...PRODUCTION, APP_URL: 'app.acme.com', SESSION_KEYS: 'no key' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['APP_URL', 'SESSION_KEYS']);
  });

  it('says how to mend it, in words for the person who starts the service', () => {
    const message = new ConfigError(problemsOf({ NODE_ENV: 'production' })).message;
    expect(message).toContain('WORKOS_API_KEY is missing: copy the API key, which begins with sk_');
    expect(message).toContain('WORKOS_CLIENT_ID is missing: copy the client ID');
    expect(message).toContain('APP_URL is missing: set the public https origin of the service');
    expect(message).toContain('SESSION_KEYS is missing: make one with `openssl rand -base64 32`');
  });

  it.each<[string, string, Env?]>([
    ['NODE_ENV', 'canary'],
    ['PORT', '3000canary'],
    ['METRICS_PORT', '9464canary'],
    ['APP_URL', 'https://canary.acme.com/path'],
    ['APP_URL', 'http://canary.acme.com'],
    ['WORKOS_API_KEY', 'canary'],
    ['WORKOS_API_KEY', 'sk_canary'],
    ['WORKOS_API_KEY', `sk_example_canary_${'q7'.repeat(10)}`],
    ['WORKOS_API_KEY', 'sk_sandbox_canary_0123456789', PRODUCTION],
    ['WORKOS_CLIENT_ID', 'canary'],
    ['WORKOS_API_URL', 'http://canary.acme.com'],
    ['WORKOS_API_URL', 'https://canary:canary@api.workos.com'],
    ['SIGN_IN', 'canary'],
    ['SESSION_KEYS', 'canary'],
    ['SESSION_KEYS', `${KEYS},canary`],
    ['SESSION_IDLE_TIMEOUT', 'canary'],
    ['RETURN_TO_ORIGINS', 'https://canary.acme.com/x'],
    ['TRUSTED_ORIGINS', 'canary'],
    ['LOGOUT_REDIRECT_URL', 'canary:canary'],
    ['IDP_INITIATED', 'canary'],
    ['GUESTS', 'canary'],
    ['TRUST_PROXY', 'canary'],
    ['DATABASE_URL', 'canary'],
    ['DATABASE_URL', 'mysql://user:canary@localhost/x'],
    ['DATABASE_URL', 'postgres://localhost/canary?schema=Ours'],
    ['DATABASE_URL', 'postgres://localhost/canary?schema=a,b'],
    ['DATABASE_URL', 'postgres://localhost/canary?schema='],
    ['REDIS_URL', 'http://user:canary@localhost:6379'],
    ['LOG_LEVEL', 'canary'],
  ])('names %s and never its value, case %#', (name, value, base = DEVELOPMENT) => {
    const problems = problemsOf({ ...base, [name]: value });
    expect(problems.map((problem) => problem.split(/[ .]/)[0])).toEqual(problems.map(() => name));
    expect(problems.length).toBeGreaterThan(0);
    expect(new ConfigError(problems).message).not.toMatch(/canary/i);
  });
});

describe('secrets', () => {
  it.each([
    ['short', 'sk_live_1234'],
    ['of another kind', `pk_live_${'a1'.repeat(20)}`],
    ['a placeholder', 'sk_live_change_me_change_me'],
    ['a placeholder', 'sk_your-workos-api-key-here'],
    ['a placeholder', 'sk_test_<paste the key here>'],
    ['a placeholder', 'sk_example_1234567890abcdef'],
    ['a placeholder', 'sk_test_xxxxxxxxxxxxxxxxxxxx'],
    ['a placeholder', 'sk_test_00000000000000000000'],
    ['a placeholder', 'sk_test_abcdefgh...'],
  ])('are refused where the API key is %s: %j', (_, value) => {
    expect(blamed({ ...DEVELOPMENT, WORKOS_API_KEY: value })).toEqual(new Set(['WORKOS_API_KEY']));
  });

  it.each([
    ['text', 'not a key'],
    ['16 bytes', randomBytes(16).toString('base64')],
    ['33 bytes', randomBytes(33).toString('base64')],
    ['32 bytes in hexadecimal', randomBytes(32).toString('hex')],
    ['32 zeros', Buffer.alloc(32).toString('base64')],
    ['one character over and over', Buffer.from('a'.repeat(32)).toString('base64')],
    ['a word over and over', Buffer.from('changeme'.repeat(4)).toString('base64')],
    ['a good key and a bad one', `${KEYS},${Buffer.alloc(32).toString('base64')}`],
    ['a good key and nothing', `${KEYS},`],
    ['the same key twice', `${KEYS},${key()},${KEYS}`],
    ['the same key twice, once without its padding', `${KEYS},${KEYS.replace('=', '')}`],
  ])('are refused where a session key is %s', (_, value) => {
    expect(blamed({ ...DEVELOPMENT, SESSION_KEYS: value })).toEqual(new Set(['SESSION_KEYS']));
  });

  it('are accepted where a placeholder is no more than chance', () => {
    expect(blamed({ ...DEVELOPMENT, WORKOS_API_KEY: 'sk_live_a9Q2xXxk4TzM8s1Lw0Yp' })).toEqual(new Set([]));
  });

  it('are refused where one serves two purposes', () => {
    expect(blamed({ ...DEVELOPMENT, WORKOS_API_KEY: `sk_live_${KEYS}` })).toEqual(new Set(['SESSION_KEYS']));
  });
});

describe('addresses', () => {
  it.each(['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000'])(
    'may be plain http on this machine: %s',
    (url) => {
      expect(readConfig({ ...DEVELOPMENT, WORKOS_API_URL: url, APP_URL: url }).workos.apiUrl).toBe(url);
    },
  );

  it.each([
    'http://api.workos.com',
    'http://localhost.evil.com',
    'http://127.0.0.1.evil.com',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'ftp://localhost',
    'localhost:4000',
    'https://api.workos.com/path',
    'https://api.workos.com?x',
    'https://user:pass@api.workos.com',
    '//api.workos.com',
  ])('are refused as %s', (url) => {
    expect(blamed({ ...DEVELOPMENT, WORKOS_API_URL: url })).toEqual(new Set(['WORKOS_API_URL']));
    expect(blamed({ ...DEVELOPMENT, APP_URL: url })).toEqual(new Set(['APP_URL']));
  });
});

describe('the port of the metrics', () => {
  it('is none of its own by default, and never that of the service', () => {
    expect(readConfig({ ...DEVELOPMENT, METRICS_PORT: '9464' }).metricsPort).toBe(9464);
    expect(blamed({ ...DEVELOPMENT, PORT: '9464', METRICS_PORT: '9464' })).toEqual(new Set(['METRICS_PORT']));
    expect(blamed({ ...DEVELOPMENT, METRICS_PORT: '3000' })).toEqual(new Set(['METRICS_PORT']));
  });
});

describe('time limits', () => {
  it('are refused where a session could be idle for longer than it lives', () => {
    const env = { ...DEVELOPMENT, SESSION_IDLE_TIMEOUT: '61', SESSION_ABSOLUTE_TIMEOUT: '60' };
    expect(blamed(env)).toEqual(new Set(['SESSION_IDLE_TIMEOUT']));
    expect(blamed({ ...env, SESSION_IDLE_TIMEOUT: '60' })).toEqual(new Set([]));
    const { session } = readConfig({ ...DEVELOPMENT, SESSION_ABSOLUTE_TIMEOUT: '60' });
    expect(session).toMatchObject({ idleTimeout: 60, absoluteTimeout: 60 });
  });

  it.each(['0', '-1', '1.5', '1e3', '0x10', '٣', '99999999999', 'Infinity'])('are refused as %s', (value) => {
    expect(blamed({ ...DEVELOPMENT, SESSION_ABSOLUTE_TIMEOUT: value }).has('SESSION_ABSOLUTE_TIMEOUT')).toBe(
      true,
    );
  });
});

describe('production', () => {
  it.each<[string, string | undefined]>([
    ['APP_URL', undefined],
    ['APP_URL', 'http://app.acme.com'],
    ['APP_URL', 'http://localhost:3000'],
    ['SESSION_KEYS', undefined],
    ['WORKOS_API_KEY', undefined],
    ['WORKOS_API_KEY', 'sk_sandbox_7f3a9c2e41b85d06'],
    ['WORKOS_CLIENT_ID', undefined],
    ['WORKOS_API_URL', 'http://localhost:4000'],
    ['WORKOS_API_URL', 'https://localhost:4000'],
    ['WORKOS_API_URL', 'https://127.0.0.1'],
    ['WORKOS_API_URL', 'https://[::1]'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ])('does not start with %s %s', (name, value) => {
    expect(blamed({ ...PRODUCTION, [name]: value })).toEqual(new Set([name]));
  });

  it('is production alone: the same is good for a first look', () => {
    const sandbox = {
      WORKOS_API_URL: 'http://localhost:4000',
      WORKOS_API_KEY: 'sk_sandbox_7f3a9c2e41b85d06',
    };
    expect(blamed({ ...DEVELOPMENT, ...sandbox, NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual(new Set([]));
  });
});
