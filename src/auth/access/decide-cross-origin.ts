export interface CrossOriginQuestion {
  readonly method: string;
  /** The session's, or that of a sign-in under way. */
  readonly hasCookie: boolean;
  readonly secFetchSite: string | undefined;
  readonly origin: string | undefined;
  /** Our own origin and the listed ones. */
  readonly appUrl: string;
  readonly trustedOrigins: readonly string[];
}

/**
 * Stands for the method of a handshake. No preflight and no CORS keeps another site's page from opening a socket and reading
 * from it, so it counts as a change (RFC 6455, section 10.2).
 */
export const CHANNEL = 'WEBSOCKET';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isSafe(method: string): boolean {
  return SAFE.has(method);
}

/**
 * Whether a request with a cookie of ours may change something. Fetch Metadata first, then `Origin`; a cookie with
 * neither is no browser that we can vouch for. Unlike the framework's own check it never looks at `Host`, which proxies
 * rewrite and clients choose.
 */
export function isForeign(question: CrossOriginQuestion): boolean {
  const { method, hasCookie, secFetchSite, origin, appUrl, trustedOrigins } = question;
  if (isSafe(method) || !hasCookie) return false;
  if (origin !== undefined && trustedOrigins.includes(origin)) return false;
  if (secFetchSite !== undefined) return secFetchSite !== 'same-origin' && secFetchSite !== 'none';
  return origin !== appUrl;
}
