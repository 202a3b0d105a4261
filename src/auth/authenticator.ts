import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** Turns credentials into a principal. One method for each kind; the strategies only fetch what it is given. */
@Injectable()
export class Authenticator {
  constructor(private readonly sessions: SessionsService) {}

  /** What the node's memory knows of a session token; `undefined` where `session` must be asked. */
  recognizeSession(token: string): Principal | null | undefined {
    return this.sessions.recognize(token);
  }

  /** `null` for a token that is not (or no longer) good; throws `store_unavailable` where that cannot be said. */
  session(token: string): Promise<Principal | null> {
    return this.sessions.authenticate(token);
  }
}
