import { randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Randomness. Injected; the system's generator is a CSPRNG (OWASP ASVS 5.0, 11.5.1). */
export abstract class Random {
  abstract bytes(length: number): Buffer;

  /** 256 bits, base64url: 43 characters. Fit for tokens, states and PKCE verifiers (RFC 7636, section 4.1). */
  secret(): string {
    return this.bytes(32).toString('base64url');
  }

  /** `prefix_` and 26 Crockford base-32 characters: 48 bits of time, 80 random ones, so ids sort by age (ULID). */
  id(prefix: string, now: Date): string {
    let text = firstIdOf(prefix, now);
    for (const byte of this.bytes(16)) text += CROCKFORD.charAt(byte & 31);
    return text;
  }
}

/** What every id of this moment begins with: a bound for "since" and "before" through an index of ids. */
export function firstIdOf(prefix: string, at: Date): string {
  let time = at.getTime();
  let text = '';
  for (let index = 0; index < 10; index++) {
    text = CROCKFORD.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  return `${prefix}_${text}`;
}

export class SystemRandom extends Random {
  bytes(length: number): Buffer {
    return randomBytes(length);
  }
}
