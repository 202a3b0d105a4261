import type { Request } from 'express';

/**
 * Whether a person waits for a page: the browser says that it navigates (Fetch Metadata), or, where it does not say, it
 * prefers HTML. A script that asks for data gets an answer that it can read instead of a redirect to another origin,
 * and so does whoever sends a bearer credential: no page load carries one.
 */
export function isPageLoad(request: Request): boolean {
  if (request.method !== 'GET' || /^bearer\b/i.test(request.headers.authorization ?? '')) return false;
  const mode = request.headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  return request.headers.accept !== undefined && request.accepts(['json', 'html']) === 'html';
}
