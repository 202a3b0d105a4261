import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { KeyRing } from '../../crypto/key-ring.js';
import { Cookies } from '../credentials/cookies.js';
import { lastOf, readLastConnections, withLast, type LastConnections } from './last-connections.js';

const PURPOSE = 'last-connection';

/** Remembers in the browser which connection its person took, sealed: nobody reads there whom they work for. */
@Injectable()
export class ConnectionMemory {
  constructor(
    private readonly cookies: Cookies,
    private readonly keys: KeyRing,
  ) {}

  async read(request: Request): Promise<LastConnections> {
    const sealed = this.cookies.lastConnection(request);
    return sealed === undefined ? [] : readLastConnections(await this.keys.unseal(PURPOSE, sealed));
  }

  /** The person is on their way to a connection that they could have chosen. */
  async leave(
    known: LastConnections,
    organizationId: string,
    connectionId: string,
    response: Response,
  ): Promise<void> {
    await this.write(withLast(known, { organizationId, connectionId, open: true }), response);
  }

  /** They came back through it. Where there was nothing to choose there is nothing to remember. */
  async arrive(
    organizationId: string | null,
    connectionId: string | null,
    request: Request,
    response: Response,
  ): Promise<void> {
    if (organizationId === null || connectionId === null) return;
    const known = await this.read(request);
    if (lastOf(known, organizationId) === null) return;
    await this.write(withLast(known, { organizationId, connectionId, open: false }), response);
  }

  private async write(known: LastConnections, response: Response): Promise<void> {
    this.cookies.setLastConnection(response, await this.keys.seal(PURPOSE, JSON.stringify(known)));
  }
}
