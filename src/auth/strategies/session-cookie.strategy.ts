import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import passport from 'passport';
import { Authenticator } from '../credentials/authenticator.js';
import { Cookies } from '../credentials/cookies.js';

/** Takes the session cookie, asks the authenticator, hands on the principal. */
@Injectable()
export class SessionCookieStrategy extends passport.Strategy {
  override readonly name = 'session-cookie';

  constructor(
    private readonly cookies: Cookies,
    private readonly authenticator: Authenticator,
  ) {
    super();
  }

  override authenticate(request: Request): void {
    const token = this.cookies.session(request);
    if (token === undefined) {
      // Not `pass`, which would end the chain of strategies.
      this.fail(401);
      return;
    }
    this.authenticator.session(token).then(
      (principal) => (principal ? this.success(principal) : this.fail(401)),
      (error: unknown) => this.error(error),
    );
  }
}
