import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';
import { environment } from './config.schema.js';
import { readSettings, type Settings } from './settings.js';

const key = () => randomBytes(32).toString('base64');
const keys = [key(), key()];
const settings: Settings = {
  workosApiKey: `sk_test_${randomBytes(16).toString('hex')}`,
  workosClientId: 'client_01HGATEH0VSE',
  sessionKeys: keys,
};

function problemsOf(given: object, surroundings: Record<string, string> = {}): readonly string[] {
  try {
    readSettings({ ...settings, ...given }, surroundings);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings in code', () => {
  it('mean what the variables of the same name mean', () => {
    const config = readSettings(
      {
        ...settings,
        sessionIdleTimeout: 60,
        guests: 'allow',
        trustedOrigins: ['https://a.example'],
        redisUrl: '',
      },
      {},
    );
    expect(config).toEqual(
      readConfig({
        WORKOS_API_KEY: settings.workosApiKey,
        WORKOS_CLIENT_ID: settings.workosClientId,
        SESSION_KEYS: keys.join(','),
        SESSION_IDLE_TIMEOUT: '60',
        GUESTS: 'allow',
        TRUSTED_ORIGINS: 'https://a.example',
      }),
    );
  });

  it('are refused all at once, by the names that the application knows, without a value', () => {
    const secret = 'not-a-key-at-all';
    const problems = problemsOf({
      workosApiKey: secret,
      workosClientId: undefined,
      sessionIdleTimeout: 90_000,
      sesionKeys: [secret],
    });
    expect(problems).toEqual([
      'sesionKeys is not a setting of Gatehouse',
      expect.stringMatching(/^workosApiKey copy the API key/),
      expect.stringMatching(/^workosApiKey is too short/),
      expect.stringMatching(/^workosClientId is missing/),
      'sessionIdleTimeout must not be longer than sessionAbsoluteTimeout',
    ]);
    expect(problems.join('\n')).not.toContain(secret);
    for (const variable of Object.keys(environment.shape))
      expect(problems.join('\n')).not.toContain(variable);
  });

  it('cannot say that production is none: that is the word of the process', () => {
    expect(problemsOf({}, { NODE_ENV: 'production' })).toContain(
      'appUrl is missing: set the public https origin of the service',
    );
    expect(problemsOf({ nodeEnv: 'development' })).toEqual(['nodeEnv is not a setting of Gatehouse']);
  });
});
