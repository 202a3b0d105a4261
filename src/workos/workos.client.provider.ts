import type { FactoryProvider } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { Config } from '../config/config.js';
import { WorkosRequests } from './workos.requests.js';

/** Milliseconds. With one retry, an unreachable WorkOS costs a request at most about 11 seconds. */
const TIMEOUT = 5000;
const MAX_RETRIES = 1;

/** The SDK, set up once. The SDK's own defaults (60 s, three retries) would hold a sign-in for four minutes. */
export const workosProvider: FactoryProvider<WorkOS> = {
  provide: WorkOS,
  inject: [Config, WorkosRequests],
  useFactory: (config: Config, requests: WorkosRequests) => {
    const url = new URL(config.workos.apiUrl);
    return new WorkOS({
      apiKey: config.workos.apiKey,
      clientId: config.workos.clientId,
      apiHostname: url.hostname,
      https: url.protocol === 'https:',
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      timeout: TIMEOUT,
      maxRetries: MAX_RETRIES,
      fetchFn: requests.fetch,
    });
  },
};
