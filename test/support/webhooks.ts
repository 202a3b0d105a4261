import { createHmac } from 'node:crypto';
import { SystemRandom } from '../../src/common/random.js';
import { send, type WireAnswer } from './wire.js';

const random = new SystemRandom();

/** An event on the wire, of which a test says what matters to it. */
export interface WireEvent {
  object: 'event';
  id: string;
  event: string;
  created_at: string;
  data: Record<string, unknown>;
}

export function wireEvent(
  event: string,
  data: Record<string, unknown>,
  more: Partial<WireEvent> = {},
): WireEvent {
  const now = new Date();
  return {
    object: 'event',
    id: random.id('event', now),
    event,
    created_at: now.toISOString(),
    data,
    ...more,
  };
}

/** The header that WorkOS would send with this body. */
export function signatureOf(
  body: string | Buffer,
  secret: string,
  time: number | string = Date.now(),
): string {
  const signature = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
  return `t=${time}, v1=${signature}`;
}

/** Delivers a webhook as WorkOS does. */
export function deliver(url: string, event: unknown, secret: string): Promise<WireAnswer> {
  const body = JSON.stringify(event);
  return send(url, '/webhooks/workos', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'workos-signature': signatureOf(body, secret) },
    body,
  });
}
