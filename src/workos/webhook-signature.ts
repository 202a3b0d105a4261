import { createHmac, timingSafeEqual } from 'node:crypto';

/** Milliseconds between the signature and now, either way: WorkOS's own tolerance. */
const TOLERANCE = 180_000;

/** As WorkOS writes it. Anything more, less, or twice is not a signature of WorkOS's. */
const HEADER = /^t=(\d{1,15}), ?v1=([0-9a-f]{64})$/;

export type SignatureVerdict = 'genuine' | 'invalid_signature' | 'stale_timestamp';

/**
 * Whether one of the secrets signed these bytes for about this moment (WorkOS, "Validate the payload"). The SDK's check
 * takes a time in the future, a time that is no number and one secret only, so it is not used.
 *
 * All secrets are tried, whichever matches, and each comparison takes the same time however much of it matches. The time
 * is looked at last: until the signature holds, it is the caller's word.
 */
export function judgeSignature(
  body: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
  now: Date,
): SignatureVerdict {
  const [, time, signature] = HEADER.exec(header ?? '') ?? [];
  if (time === undefined || signature === undefined) return 'invalid_signature';
  const given = Buffer.from(signature, 'hex');
  const matches = secrets.map((secret) => {
    const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
    return timingSafeEqual(expected, given);
  });
  if (!matches.includes(true)) return 'invalid_signature';
  return Math.abs(now.getTime() - Number(time)) <= TOLERANCE ? 'genuine' : 'stale_timestamp';
}
