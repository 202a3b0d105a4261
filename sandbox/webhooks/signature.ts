import { createHmac } from 'node:crypto';

/** The value of WorkOS-Signature: the moment in milliseconds, and an HMAC over it and the exact bytes of the body. */
export function signatureHeader(body: string, secret: string, now: Date): string {
  const t = now.getTime();
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return `t=${t}, v1=${v1}`;
}
