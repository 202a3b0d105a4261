import type pg from 'pg';
import type { RunningSandbox } from '../../sandbox/server.js';
import { Browser, type OpenOptions, type Visit } from './browser.js';
import type { TestDatabase } from './postgres.js';

export type SignInMode = 'sso' | 'authkit';
export const MODES: readonly SignInMode[] = ['sso', 'authkit'];

export const ACME = {
  organization: 'org_01HGATEH0VSEACME0000000001',
  connection: 'conn_01HGATEH0VSEACME0000000001',
};
export const GLOBEX = {
  organization: 'org_01HGATEH0VSEG10BEX00000001',
  connection: 'conn_01HGATEH0VSEG10BEX00000001',
};

/** The service as people and programs meet it at `url`, however many nodes stand behind it. */
export abstract class Site {
  abstract readonly url: string;
  abstract readonly sandbox: RunningSandbox;
  abstract readonly database: TestDatabase;

  /** Starts at `path` and walks through the Test Identity Provider as this person, up to the last redirect. */
  async signIn(
    browser: Browser,
    email: string,
    path = `/auth/login?email=${encodeURIComponent(email)}`,
    options: OpenOptions = {},
  ): Promise<Visit> {
    const idp = await browser.open(this.url + path);
    if (!idp.url.includes('/idp/')) return idp;
    const answer = await browser.submit(idp, 'name="email"', { email });
    return browser.submit(answer, 'SAMLResponse', {}, options);
  }

  /** The callback address with `code` and `state` that a sign-in ends with, not yet opened. */
  async callbackOf(browser: Browser, email: string, path?: string): Promise<string> {
    const visit = await this.signIn(browser, email, path, {
      stopBefore: (url) => url.startsWith(`${this.url}/auth/callback`),
    });
    const last = visit.trail.at(-1) ?? '';
    if (!last.startsWith(`${this.url}/auth/callback`))
      throw new Error(`No callback: ${visit.trail.join(' -> ')}\n${visit.text.slice(0, 1000)}`);
    return last;
  }

  /** A person who is signed in. */
  async signedIn(email: string, path?: string): Promise<Browser> {
    const browser = new Browser();
    const { url, status } = await this.signIn(browser, email, path);
    if (browser.cookie(this.url, 'session') === undefined)
      throw new Error(`${email} could not sign in: it ended with ${status} at ${url}`);
    return browser;
  }

  /** Calls the API as a script does, with the browser's cookies. */
  async api(
    browser: Browser,
    path: string,
    init: { method?: string; json?: unknown; headers?: Record<string, string> } = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(this.url + path, {
      method: init.method ?? 'GET',
      redirect: 'manual',
      body: init.json === undefined ? null : JSON.stringify(init.json),
      headers: {
        accept: 'application/json',
        'sec-fetch-site': 'same-origin',
        cookie: browser.cookieHeader(this.url),
        ...(init.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...init.headers,
      },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : (JSON.parse(text) as ApiBody),
    };
  }

  /** Opens the service from the Test Identity Provider's own page, with an assertion that nobody asked for. */
  async openFromIdp(
    browser: Browser,
    email: string,
    connection = ACME.connection,
    options: OpenOptions = {},
  ): Promise<Visit> {
    const start = await browser.open(`${this.sandbox.url}/idp/${connection}`);
    const answer = await browser.submit(start, 'name="email"', { email });
    return browser.submit(answer, 'SAMLResponse', {}, options);
  }

  /** Turns a knob of the sandbox. */
  async control(path: string, body: unknown = {}, method = 'POST'): Promise<Record<string, unknown>> {
    const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${this.sandbox.url}/_sandbox${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox refused ${path}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  /** How many requests for this path the sandbox has had. */
  async upstreamCalls(path: string): Promise<number> {
    const response = await fetch(`${this.sandbox.url}/_sandbox/requests`);
    const { data } = (await response.json()) as { data: { path: string }[] };
    return data.filter((request) => request.path === path).length;
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(text, values);
  }
}

/** Loose on purpose: tests say which members they expect. */
export type ApiBody = Record<string, unknown> & { code?: string };

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ApiBody | null;
}
