import { hash } from 'node:crypto';

/** Minutes for which a pass is good: an outage of an identity provider is looked at by somebody for the whole of it. */
export const DEFAULT_MINUTES = 15;
export const MAX_MINUTES = 60;

/** Seconds for which a session that began with a pass lasts at most, and without a request. */
export const SESSION_LIMITS = { absoluteTimeout: 3600, idleTimeout: 900 } as const;

/** 256 bits, base64url. Nothing shorter or longer is looked up. */
export const CODE = /^[A-Za-z0-9_-]{43}$/;

/** All that is kept of a code. Of 256 random bits a plain hash tells nothing, and looking it up takes no secret's time. */
export function codeHashOf(code: string): string {
  return hash('sha256', code, 'base64url');
}
