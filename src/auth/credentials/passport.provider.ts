import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import passport from 'passport';
import { ProblemError } from '../../common/problem-error.js';
import type { Principal } from '../../identity/principal.js';
import { Authenticator } from './authenticator.js';
import { Cookies } from './cookies.js';
import { bearerOf } from './bearer.js';
import { BearerStrategy } from '../strategies/bearer.strategy.js';
import { SessionCookieStrategy } from '../strategies/session-cookie.strategy.js';

/** Finds out who sent a request. */
export abstract class CredentialReader {
  /** What can be said without waiting for anything; `undefined` where `read` must be asked. */
  abstract recognize(request: IncomingMessage): Principal | null | undefined;

  /** Asks every strategy for the principal of a request; `null` where none of them finds a good credential. */
  abstract read(request: IncomingMessage, response: unknown): Promise<Principal | null>;

  /** Whether a request carries a credential at all, good or not. */
  isShown(request: IncomingMessage): boolean {
    return /^bearer\b/i.test(request.headers.authorization ?? '');
  }

  /** Whether what a connection was opened with is still good. Unlike the others no sign of life of the person's. */
  async holds(request: IncomingMessage): Promise<boolean> {
    return (this.recognize(request) ?? (await this.read(request, null))) !== null;
  }
}

/**
 * A Passport of our own: the process-wide one belongs to the application that this module may be part of. Strategies
 * are added here and nowhere else.
 */
@Injectable()
export class PassportCredentialReader extends CredentialReader {
  private readonly passport = new passport.Passport();
  private readonly names: string[];

  constructor(
    private readonly cookies: Cookies,
    private readonly authenticator: Authenticator,
    sessionCookie: SessionCookieStrategy,
    bearer: BearerStrategy,
  ) {
    super();
    this.names = [sessionCookie, bearer].map((strategy) => {
      this.passport.use(strategy.name, strategy);
      return strategy.name;
    });
  }

  /** @throws `several_credentials`: with two of them it would depend on us whose request it is (RFC 6750, section 2) */
  recognize(request: IncomingMessage): Principal | null | undefined {
    const token = this.cookies.session(request);
    if (request.headers.authorization === undefined)
      return token === undefined ? null : this.authenticator.recognizeSession(token);
    const bearer = bearerOf(request);
    if (bearer === undefined) return token === undefined ? null : this.authenticator.recognizeSession(token);
    if (token !== undefined) throw new ProblemError('several_credentials');
    return this.authenticator.recognizeBearer(bearer);
  }

  override isShown(request: IncomingMessage): boolean {
    return super.isShown(request) || this.cookies.hasSession(request);
  }

  override holds(request: IncomingMessage): Promise<boolean> {
    const token = bearerOf(request) === undefined ? this.cookies.session(request) : undefined;
    return token === undefined ? super.holds(request) : this.authenticator.holds(token);
  }

  read(request: IncomingMessage, response: unknown): Promise<Principal | null> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, principal?: Principal | false | null) => {
        if (error) reject(error);
        else resolve(principal || null);
      };
      const middleware = this.passport.authenticate(this.names, { session: false }, done);
      middleware(request, response, (error?: unknown) => done(error));
    });
  }
}
