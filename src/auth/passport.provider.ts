import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import passport from 'passport';
import type { Principal } from '../identity/principal.js';
import { Authenticator } from './authenticator.js';
import { Cookies } from './cookies.js';
import { SessionCookieStrategy } from './strategies/session-cookie.strategy.js';

/** Finds out who sent a request. */
export abstract class CredentialReader {
  /** What can be said without waiting for anything; `undefined` where `read` must be asked. */
  abstract recognize(request: Request): Principal | null | undefined;

  /** Asks every strategy for the principal of a request; `null` where none of them finds a good credential. */
  abstract read(request: Request, response: Response): Promise<Principal | null>;
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
  ) {
    super();
    this.names = [sessionCookie].map((strategy) => {
      this.passport.use(strategy.name, strategy);
      return strategy.name;
    });
  }

  recognize(request: Request): Principal | null | undefined {
    const token = this.cookies.session(request);
    return token === undefined ? undefined : this.authenticator.recognizeSession(token);
  }

  read(request: Request, response: Response): Promise<Principal | null> {
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
