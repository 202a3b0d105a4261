import type { FactoryProvider } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { Config } from '../config/config.js';

/** Milliseconds. With one retry, an unreachable WorkOS costs a request at most about 11 seconds. */
const TIMEOUT = 5000;
const MAX_RETRIES = 1;

/** The SDK, set up once. The SDK's own defaults (60 s, three retries) would hold a sign-in for four minutes. */
export const workosProvider: FactoryProvider<WorkOS> = {
  provide: WorkOS,
  inject: [Config],
  useFactory: (config: Config) => {
    const url = new URL(config.workos.apiUrl);
    return new WorkOS({
      apiKey: config.workos.apiKey,
      clientId: config.workos.clientId,
      apiHostname: url.hostname,
      https: url.protocol === 'https:',
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      timeout: TIMEOUT,
      maxRetries: MAX_RETRIES,
      // The body of a code exchange holds the API key: no answer may send it on to another address (ASVS 5.0, 15.3.2).
      fetchFn: (input, init) => fetch(input, { ...init, redirect: 'error' }),
    });
  },
};
