import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../../common/problem-error.js';

/** What a bearer credential is by its looks; `null` for what is none that the service knows. */
export type BearerKind = 'accessToken' | 'apiKey';

const BEARER = /^bearer +(\S+) *$/i;
/** Three parts of base64url (RFC 7515, section 7.1). */
const JWT = /^[\w-]{1,1024}\.[\w-]{1,8192}\.[\w-]{1,1024}$/;
/** As WorkOS makes them. Anything else is told to nobody: it might be a secret of another system. */
const API_KEY = /^sk_[\w-]{8,253}$/;

/**
 * The credential of an `Authorization` header (RFC 6750, section 2.1); `undefined` where there is none. Another scheme is not
 * for us: a proxy in front may ask for one.
 * @throws `several_credentials` where the header is there more than once: Node keeps the first and hides the rest
 */
export function bearerOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  if (isRepeated(request.rawHeaders, 'authorization')) throw new ProblemError('several_credentials');
  if (!/^bearer\b/i.test(header)) return undefined;
  // What follows the scheme and is no token is a credential all the same, and not a good one.
  return BEARER.exec(header)?.[1] ?? '';
}

/** Names and values take turns. On every request with a bearer credential: nothing is made for it. */
function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const found = rawHeaders[at];
    if (found?.length === name.length && found.toLowerCase() === name) count += 1;
  }
  return count > 1;
}

export function bearerKind(value: string): BearerKind | null {
  if (JWT.test(value)) return 'accessToken';
  return API_KEY.test(value) ? 'apiKey' : null;
}
