import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { parseCookieHeader } from '@nestjs/core/helpers/cookies/parse-cookie-header.js';
import type { Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../../common/problem-error.js';
import { Config } from '../../config/config.js';
import { SIGN_IN_LIFETIME } from '../sign-in/pending-sign-in.js';

/** Sign-ins under way in one browser: more tabs than this, or more bytes, and the oldest gives way. */
const MAX_SIGN_INS = 5;
const MAX_SIGN_IN_BYTES = 8192;
/** 256 bits, base64url. */
const TOKEN_LENGTH = 43;
/** Half a year, in seconds; and what five entries, sealed, may take. */
const LAST_CONNECTION_LIFETIME = 15_552_000;
const MAX_LAST_CONNECTION = 2048;

/** What the session's cookie is called where the service is reached at `appUrl`. */
export function sessionCookieName({ appUrl }: Pick<Config, 'appUrl'>): string {
  return appUrl.startsWith('https:') ? '__Host-session' : 'session';
}

/** The sign-in cookies of one browser, during one request. */
export interface SignInJar {
  get(flowId: string): string | undefined;
  set(flowId: string, sealed: string): void;
  clear(flowId: string): void;
}

/**
 * The service's cookies: names, attributes, reading and writing. `__Host-` binds them to this host, without which a
 * sub-domain could plant one (RFC 6265bis, section 4.1.3.2); a browser refuses that prefix on plain http, so a first
 * look on localhost goes without.
 */
@Injectable()
export class Cookies {
  private readonly prefix: string;
  private readonly secure: boolean;
  readonly sessionName: string;
  private readonly sessionStart: string;
  private readonly lastConnectionName: string;

  constructor(
    config: Config,
    private readonly host: HttpAdapterHost,
  ) {
    this.secure = config.appUrl.startsWith('https:');
    this.prefix = this.secure ? '__Host-' : '';
    this.sessionName = sessionCookieName(config);
    this.sessionStart = `${this.sessionName}=`;
    this.lastConnectionName = `${this.prefix}connection`;
  }

  /**
   * @throws `several_credentials` where the cookie came twice, as on plain http another path of this host can make a browser
   * do: it would depend on us whose request it is
   */
  session(request: IncomingMessage): string | undefined {
    const header = request.headers.cookie;
    // The common case, without taking the whole header apart: one cookie, ours.
    if (header?.startsWith(this.sessionStart) && header.length === this.sessionStart.length + TOKEN_LENGTH) {
      return header.slice(this.sessionStart.length);
    }
    if (header === undefined) return undefined;
    const mayBeRepeated = header.indexOf(this.sessionName) !== header.lastIndexOf(this.sessionName);
    if (mayBeRepeated && this.countSessions(header) > 1) throw new ProblemError('several_credentials');
    return this.read(request)[this.sessionName];
  }

  /** Whether the cookie came at all, once or more often. */
  hasSession({ headers: { cookie } }: IncomingMessage): boolean {
    return cookie !== undefined && this.countSessions(cookie) > 0;
  }

  private countSessions(header: string): number {
    // What has no `=` has no name (RFC 6265bis, section 5.6).
    const pairs = header.split(';').filter((pair) => pair.includes('='));
    return pairs.filter((pair) => pair.split('=', 1)[0]?.trim() === this.sessionName).length;
  }

  /** Without a `Max-Age`: the server decides when a session ends, and a browser that closes forgets it earlier. */
  setSession(response: Response, token: string): void {
    this.host.httpAdapter.setCookie(response, this.sessionName, token, this.attributes());
  }

  clearSession(response: Response): void {
    this.host.httpAdapter.clearCookie(response, this.sessionName, this.attributes());
  }

  lastConnection(request: Request): string | undefined {
    return this.read(request)[this.lastConnectionName];
  }

  setLastConnection(response: Response, sealed: string): void {
    if (sealed.length > MAX_LAST_CONNECTION) return;
    const attributes = { ...this.attributes(), maxAge: LAST_CONNECTION_LIFETIME };
    this.host.httpAdapter.setCookie(response, this.lastConnectionName, sealed, attributes);
  }

  signIns(request: Request, response: Response): SignInJar {
    const name = (flowId: string) => `${this.prefix}login-${flowId}`;
    const clear = (flowId: string) =>
      void this.host.httpAdapter.clearCookie(response, name(flowId), this.attributes());
    return {
      get: (flowId) => this.read(request)[name(flowId)],
      set: (flowId, sealed) => {
        for (const oldest of this.tooMany(request, sealed.length)) clear(oldest);
        const attributes = { ...this.attributes(), maxAge: SIGN_IN_LIFETIME / 1000 };
        this.host.httpAdapter.setCookie(response, name(flowId), sealed, attributes);
      },
      clear,
    };
  }

  /** Whether a sign-in is under way in this browser. */
  hasSignIns(request: IncomingMessage): boolean {
    return this.pending(request).length > 0;
  }

  /** The flows that must go to make room for one more of `size` bytes. */
  private tooMany(request: Request, size: number): string[] {
    const kept = this.pending(request);
    const leaving: string[] = [];
    let bytes = kept.reduce((sum, flow) => sum + flow.size, size);
    while (kept.length > 0 && (kept.length >= MAX_SIGN_INS || bytes > MAX_SIGN_IN_BYTES)) {
      const [oldest] = kept.splice(0, 1);
      if (!oldest) break;
      bytes -= oldest.size;
      leaving.push(oldest.flowId);
    }
    return leaving;
  }

  /** In the order in which browsers send cookies of one path: the oldest first (RFC 6265, section 5.4). */
  private pending(request: IncomingMessage): { flowId: string; size: number }[] {
    return Object.entries(this.read(request)).flatMap(([name, value]) => {
      const flowId = name.startsWith(`${this.prefix}login-`) ? name.slice(this.prefix.length + 6) : '';
      return /^[0-9a-f]{8}$/.test(flowId) && value !== undefined ? [{ flowId, size: value.length }] : [];
    });
  }

  private read(request: IncomingMessage): Readonly<Record<string, string | undefined>> {
    return parseCookieHeader(request.headers.cookie);
  }

  private attributes() {
    return { httpOnly: true, secure: this.secure, sameSite: 'lax' as const, path: '/' };
  }
}
