import { gatehouseClient, type Schemas } from '../../client/index.js';
import { t, language } from './language.js';
import { problemWords } from './problem-words.js';
import { isProblemCode, parseSeconds } from './query.js';

/** Whoever looks at a page is a person. */
export type Me = Omit<Schemas['MePerson'], 'machine' | 'apiKey'>;
export type Session = Schemas['Session'];

export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
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

/** The API. Whatever it refuses, and whatever keeps it from answering, is thrown as a problem. */
export const client = gatehouseClient({ credentials: 'same-origin', fetch: send });

async function send(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
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

/** What was asked for: `send` lets nothing else through. */
export async function dataOf<T>(call: Promise<{ readonly data?: T }>): Promise<T> {
  return (await call).data as T;
}

async function readMe(): Promise<Me> {
  const me = await dataOf(client.GET('/v1/me'));
  if (me.kind !== 'user') throw new ApiProblem(0, t.unknownProblem.title, t.unknownProblem.detail);
  return me;
}

async function readSessions(): Promise<Session[]> {
  const found: Session[] = [];
  let cursor: string | null = null;
  do {
    const query: PageQuery = { limit: 100, ...(cursor === null ? {} : { cursor }) };
    const page: Page<Session> = await dataOf(client.GET('/v1/sessions', { params: { query } }));
    found.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

async function endSession(id: string): Promise<void> {
  try {
    await client.DELETE('/v1/sessions/{id}', { params: { path: { id } } });
  } catch (error) {
    // A session that is gone already is as good as ended.
    if (!(error instanceof ApiProblem && error.status === 404)) throw error;
  }
}

async function endOtherSessions(): Promise<void> {
  await client.DELETE('/v1/sessions');
}

export const api = {
  me: readMe,
  sessions: readSessions,
  endSession,
  endOtherSessions,
};
