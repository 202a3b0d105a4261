import type { FactoryProvider } from '@nestjs/common';
import type { Request, Response } from 'express';
import passport from 'passport';
import type { Principal } from '../identity/principal.js';
import { SessionCookieStrategy } from './strategies/session-cookie.strategy.js';

/** Asks every strategy for the principal of a request; `null` where none of them finds a good credential. */
export abstract class CredentialReader {
  abstract read(request: Request, response: Response): Promise<Principal | null>;
}

/**
 * A Passport of our own: the process-wide one belongs to the application that this module may be part of. Strategies
 * are added here and nowhere else.
 */
export const passportProvider: FactoryProvider<CredentialReader> = {
  provide: CredentialReader,
  inject: [SessionCookieStrategy],
  useFactory: (...strategies: passport.Strategy[]) => {
    const own = new passport.Passport();
    const names = strategies.map((strategy, index) => {
      const name = strategy.name ?? `strategy-${index}`;
      own.use(name, strategy);
      return name;
    });
    return {
      read: (request, response) =>
        new Promise((resolve, reject) => {
          const done = (error: unknown, principal?: Principal | false | null) => {
            if (error) reject(error);
            else resolve(principal || null);
          };
          const middleware = own.authenticate(names, { session: false }, done);
          middleware(request, response, (error?: unknown) => done(error));
        }),
    };
  },
};
