import { createServer } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { Handshakes } from '../access/handshakes.service.js';
import { PrincipalWsAdapter } from './ws.adapter.js';

describe('a server of WebSockets', () => {
  const server = createServer();
  beforeEach(async () => {
    const module = await Test.createTestingModule({
      providers: [{ provide: Handshakes, useValue: {} }],
    }).compile();
    const app = module.createNestApplication();
    Object.defineProperty(app, 'getUnderlyingHttpServer', { value: () => server });
    new PrincipalWsAdapter(app).create(0, { path: '/live' });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => void server.close());

  it('outlives a client that asks for nonsense and breaks the line', async () => {
    const upgraded = once(server, 'upgrade') as Promise<[unknown, Duplex]>;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: [bad\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [, socket] = await upgraded;
    const heard = socket.listenerCount('error');
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    client.on('error', () => undefined).resetAndDestroy();
    await closed.catch(() => null);
    expect([heard > 0, socket.destroyed]).toEqual([true, true]);
  });
});
