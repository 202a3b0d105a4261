import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AuditLog } from '../../audit/audit-log.service.js';
import { ProblemError } from '../../common/problem-error.js';
import type { Principal } from '../../identity/principal.js';
import { CrossOriginGuard } from './cross-origin.guard.js';
import { CHANNEL } from './decide-cross-origin.js';
import { OpenConnections } from './open-connections.js';
import { CredentialReader } from '../credentials/passport.provider.js';
import { PrincipalContext } from './principal-context.js';
import { recordRefused } from './refused-credentials.js';
import { principalOf, setPrincipal } from './request-principal.js';
import { setHandshake } from './socket-call.js';

/** Lets sockets in, whatever library brings them, and looks after them until they close. */
@Injectable()
export class Handshakes {
  constructor(
    private readonly credentials: CredentialReader,
    private readonly crossOrigin: CrossOriginGuard,
    private readonly connections: OpenConnections,
    private readonly context: PrincipalContext,
    private readonly audit: AuditLog,
  ) {}

  /** @throws `unauthenticated`, `cross_origin` (RFC 6455, section 10.2), or where it cannot be said */
  async admit(request: IncomingMessage & { id?: unknown }): Promise<void> {
    request.id = randomUUID();
    try {
      setPrincipal(request, await this.principalOf(request));
    } catch (error) {
      await recordRefused(error, this.credentials, this.audit, request);
      throw error;
    }
  }

  private async principalOf(request: IncomingMessage): Promise<Principal> {
    if (this.crossOrigin.isForeign(request, CHANNEL)) throw new ProblemError('cross_origin');
    const known = this.credentials.recognize(request);
    const principal = known === undefined ? await this.credentials.read(request, null) : known;
    if (!principal) throw new ProblemError('unauthenticated', { headers: { 'WWW-Authenticate': 'Bearer' } });
    return principal;
  }

  /** For a socket that `admit` let in. Every gateway that shares it says so. */
  opened(client: object, request: IncomingMessage, end: () => void): void {
    if (this.connections.has(client)) return;
    const principal = principalOf(request);
    if (!principal) throw new TypeError('A socket was opened past its handshake.');
    setHandshake(client, request);
    setPrincipal(client, principal);
    this.connections.watch(client, request, end);
  }

  closed(client: object): void {
    this.connections.forget(client);
  }

  /** Work for a message: services find its principal in `PrincipalContext`. */
  within<Result>(client: object, work: () => Result): Result {
    return this.context.enter(client, work);
  }
}
