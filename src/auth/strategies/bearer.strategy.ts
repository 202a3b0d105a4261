import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import passport from 'passport';
import { Authenticator } from '../credentials/authenticator.js';
import { bearerOf } from '../credentials/bearer.js';

/** Takes the credential of the `Authorization` header, asks the authenticator, hands on the principal. */
@Injectable()
export class BearerStrategy extends passport.Strategy {
  override readonly name = 'bearer';

  constructor(private readonly authenticator: Authenticator) {
    super();
  }

  override authenticate(request: Request): void {
    const value = bearerOf(request);
    if (value === undefined) {
      this.fail(401);
      return;
    }
    this.authenticator.bearer(value).then(
      (principal) => (principal ? this.success(principal) : this.fail(401)),
      (error: unknown) => this.error(error),
    );
  }
}
