import { t, language } from './language.js';
import { problemWords } from './problem-words.js';
import { isProblemCode, parseSeconds } from './query.js';

export interface Me {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly firstName: string | null;
    readonly lastName: string | null;
    readonly profilePictureUrl: string | null;
  };
  readonly organization: { readonly id: string; readonly name: string } | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly session: {
    readonly id: string;
    readonly authenticatedAt: string;
    readonly expiresAt: string;
    readonly method: string | null;
    readonly connectionId: string | null;
    readonly impersonator: { readonly email: string; readonly reason: string | null } | null;
  };
}

export interface Session {
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly current: boolean;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** Everything that can go wrong with a request, in words for the person who made it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | null = null,
    readonly retryAfter: number | null = null,
  ) {
    super(title);
  }
}

const TIMEOUT_MS = 15_000;

export async function send(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  json?: unknown,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new ApiProblem(0, t.unreachable.title, t.unreachable.detail);
  }
  if (!response.ok) throw await readProblem(response);
  return response;
}

async function readProblem(response: Response): Promise<ApiProblem> {
  // A proxy in between may answer with HTML: then the body says nothing that a person should read.
  const body: unknown = await response.json().catch(() => null);
  const field = (name: string): string | null => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : null;
    return typeof value === 'string' ? value : null;
  };
  const code = field('code');
  const words = problemWords(code !== null && isProblemCode(code) ? code : 'unknown');
  // The server writes English: its own words may be more exact, but only an English page can use them.
  const own = language === 'en';
  return new ApiProblem(
    response.status,
    (own && field('title')) || words.title,
    (own && field('detail')) || words.detail,
    field('requestId') ?? response.headers.get('x-request-id'),
    parseSeconds(response.headers.get('retry-after')),
  );
}

export async function read<T>(path: string): Promise<T> {
  return (await (await send('GET', path)).json()) as T;
}

async function readSessions(): Promise<Session[]> {
  const found: Session[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Session> = await read(`/v1/sessions?limit=100${from}`);
    found.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

async function endSession(id: string): Promise<void> {
  try {
    await send('DELETE', `/v1/sessions/${encodeURIComponent(id)}`);
  } catch (error) {
    // A session that is gone already is as good as ended.
    if (!(error instanceof ApiProblem && error.status === 404)) throw error;
  }
}

async function endOtherSessions(): Promise<void> {
  await send('DELETE', '/v1/sessions');
}

export const api = { me: () => read<Me>('/v1/me'), sessions: readSessions, endSession, endOtherSessions };
