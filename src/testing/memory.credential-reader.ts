import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Cookies } from '../auth/credentials/cookies.js';
import { bearerOf } from '../auth/credentials/bearer.js';
import { CredentialReader } from '../auth/credentials/passport.provider.js';
import { ProblemError } from '../common/problem-error.js';
import type { Principal } from '../identity/principal.js';

/**
 * Knows whoever a test admitted, by a credential made up for them: where it stands and that it comes alone is the same as in
 * the service. Whether it is genuine is not asked.
 */
@Injectable()
export class MemoryCredentialReader extends CredentialReader {
  private readonly sessions = new Map<string, Principal>();
  private readonly bearers = new Map<string, Principal>();

  constructor(private readonly cookies: Cookies) {
    super();
  }

  recognize(request: IncomingMessage): Principal | null {
    const [session, bearer] = [this.cookies.session(request), bearerOf(request)];
    if (session !== undefined && bearer !== undefined) throw new ProblemError('several_credentials');
    if (bearer !== undefined) return this.bearers.get(bearer) ?? null;
    return session === undefined ? null : (this.sessions.get(session) ?? null);
  }

  async read(request: IncomingMessage): Promise<Principal | null> {
    return this.recognize(request);
  }

  /** The headers that a caller sends from now on. */
  admit(principal: Principal): Readonly<Record<string, string>> {
    const value = randomBytes(32).toString('base64url');
    if (principal.kind === 'user') {
      this.sessions.set(value, principal);
      // What a browser adds for a page of our own; a test says otherwise with `.set('Sec-Fetch-Site', 'cross-site')`.
      return { Cookie: `${this.cookies.sessionName}=${value}`, 'Sec-Fetch-Site': 'same-origin' };
    }
    this.bearers.set(value, principal);
    return { Authorization: `Bearer ${value}` };
  }
}
