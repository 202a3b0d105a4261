import { Injectable } from '@nestjs/common';
import type { Histogram } from '@opentelemetry/api';
import { Meter } from '../metrics/meter.js';

type Fetch = typeof fetch;

/** The words in addresses of WorkOS. Whatever else stands in one is somebody's. */
const WORDS = new Set(
  `api_keys authenticate authorization authorize check connections directories directory_groups directory_users events
  generate_link jwks oauth2 organization_domains organization_memberships organizations portal revoke roles sessions sso token
  user_management users validations`.split(/\s+/),
);

/** Seconds. The SDK gives up after five. */
const BOUNDARIES = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5];

/** Where every request to WorkOS passes, whether the SDK makes it or the fetching of signing keys. */
@Injectable()
export class WorkosRequests {
  private readonly durations: Histogram;

  constructor(meter: Meter) {
    this.durations = meter.createHistogram('gatehouse.workos.request.duration', {
      unit: 's',
      description: 'Requests to WorkOS until the head of the answer, each attempt by itself.',
      advice: { explicitBucketBoundaries: BOUNDARIES },
    });
  }

  // The body of a code exchange holds the API key: no answer may send it on to another address (ASVS 5.0, 15.3.2).
  readonly fetch: Fetch = async (input, init) => {
    const begun = performance.now();
    const url = new URL(input instanceof Request ? input.url : input);
    const operation = operationOf(init?.method ?? 'GET', url.pathname);
    let outcome: Outcome = 'unreachable';
    try {
      const response = await fetch(input, { ...init, redirect: 'error' });
      outcome = outcomeOf(response.status);
      return response;
    } finally {
      this.durations.record((performance.now() - begun) / 1000, { operation, outcome });
    }
  };
}

export type Outcome = 'ok' | 'refused' | 'rate_limited' | 'failed' | 'unreachable';

export function outcomeOf(status: number): Outcome {
  if (status < 400) return 'ok';
  if (status === 429) return 'rate_limited';
  return status < 500 ? 'refused' : 'failed';
}

/** `GET /organizations/:id`: what is asked, never about whom. */
export function operationOf(method: string, path: string): string {
  const parts = path.split('/').map((part) => (part === '' || WORDS.has(part) ? part : ':id'));
  return `${method} ${parts.join('/')}`;
}
