import type { Request } from 'express';
import { ProblemError } from '../../common/problem-error.js';
import { OAUTH_PROVIDERS } from '../../identity/identifiers.js';
import type { Principal } from '../../identity/principal.js';
import { isPageLoad } from './page-load.js';

/**
 * The answer to whoever must sign in: an API caller gets a challenge (RFC 6750, section 3) and the address of the sign-in, a
 * browser that loads a page is sent there and comes back. Why a credential is not believed is told to nobody.
 * @param page the request, where it may have been a browser's for a page
 */
export function signInFirst(page: Request | null, appUrl: string): ProblemError {
  return new ProblemError('unauthenticated', {
    headers: { 'WWW-Authenticate': 'Bearer' },
    members: { signInUrl: `${appUrl}/auth/login` },
    ...redirect(page, {}),
  });
}

/** The same for whoever must prove anew who they are (RFC 9470, section 3). */
export function proveAgain(
  page: Request | null,
  appUrl: string,
  principal: Principal | null,
  maxAge: number,
): ProblemError {
  const way = wayOf(principal);
  const challenge = [
    'Bearer error="insufficient_user_authentication"',
    'error_description="A more recent authentication is required"',
    `max_age=${maxAge}`,
  ].join(', ');
  const signInUrl = `${appUrl}/auth/login?${new URLSearchParams(way).toString()}`;
  return new ProblemError('reauthentication_required', {
    headers: { 'WWW-Authenticate': challenge },
    members: { maxAge, signInUrl },
    ...(principal?.kind === 'user' ? redirect(page, way) : {}),
  });
}

/** The same way in as last time: nobody is asked for their e-mail again. */
function wayOf(principal: Principal | null): Record<string, string> {
  const again = { reauthenticate: 'true' };
  if (principal?.kind !== 'user') return again;
  const { session, organization } = principal;
  if (session.connectionId !== null) return { ...again, connection: session.connectionId };
  if (organization) return { ...again, organization: organization.id };
  const provider = OAUTH_PROVIDERS.find((name) => name.toLowerCase() === session.method);
  return provider === undefined ? again : { ...again, provider };
}

function redirect(page: Request | null, query: Readonly<Record<string, string>>): { redirect?: string } {
  if (!page || !isPageLoad(page)) return {};
  const search = new URLSearchParams({ ...query, return_to: pathOf(page) });
  return { redirect: `/auth/login?${search.toString()}` };
}

/** Of a target in absolute form (RFC 9112, section 3.2.2) the host is the client's word: only its path is ours. */
function pathOf({ originalUrl }: Request): string {
  if (originalUrl.startsWith('/')) return originalUrl;
  const target = URL.parse(originalUrl);
  return target ? target.pathname + target.search : '/';
}
