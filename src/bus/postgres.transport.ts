import { Socket } from 'node:net';
import { sql } from 'kysely';
import pg from 'pg';
import type { Database } from '../database/database.js';
import { CHANNEL } from './bus-message.js';
import type { BusLine, BusTransport } from './bus-transport.port.js';

/** Milliseconds for connecting, and for the answer to `listen`. */
const PATIENCE = 3000;

/** LISTEN and NOTIFY. One connection listens; what is said goes through the pool. */
export class PostgresTransport implements BusTransport {
  constructor(
    private readonly url: string,
    private readonly database: Database,
  ) {}

  async listen(hear: (text: string) => void, lost: (reason: Error) => void): Promise<BusLine> {
    // Of our own, since the client's way to end waits for a server that may not answer any more.
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: PATIENCE,
      query_timeout: PATIENCE,
      keepAlive: true,
      application_name: 'gatehouse bus',
      stream: () => socket,
    });
    let open = false;
    const broken = (reason: Error) => {
      if (open) lost(reason);
    };
    client.on('error', broken);
    client.once('end', () => broken(new Error('the connection has ended')));
    client.on('notification', ({ payload }) => hear(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      open = true;
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return {
      close: () => {
        open = false;
        socket.destroy();
      },
    };
  }

  async send(text: string): Promise<void> {
    await sql`select pg_notify(${CHANNEL}, ${text})`.execute(this.database);
  }
}
