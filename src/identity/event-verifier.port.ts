import type { RawWorkosEvent } from './workos-event.js';

/**
 * Tells WorkOS's webhooks from everybody else's. The signature is checked over the bytes as they came, before anything
 * in them is read.
 *
 * - `ProblemError('invalid_signature')`: no secret of ours made it. Nothing is said about which part was wrong.
 * - `ProblemError('stale_timestamp')`: made by a secret of ours, but for another time than now, earlier or later.
 * - `ProblemError('invalid_request')`: signed, and yet no event.
 * - `ProblemError('webhooks_not_configured')`: there is no secret to check with.
 */
export abstract class EventVerifier {
  abstract verify(body: Uint8Array, signature: string | undefined): RawWorkosEvent;
}
