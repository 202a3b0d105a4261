import { createServer } from 'node:http';
import express, { type Request } from 'express';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { requestId, requestOrigin } from './request-origin.js';

/** A service behind this many proxies, that says where a request came from. */
function service(trustProxy: number) {
  const app = express();
  app.set('trust proxy', trustProxy);
  app.use(requestId);
  app.get('/', (request: Request, response) => void response.json(requestOrigin(request)));
  return createServer(app).listen(0, '127.0.0.1');
}

describe('the origin of a request', () => {
  let server = service(0);
  const ask = (headers: Record<string, string> = {}) => supertest(server).get('/').set(headers);
  beforeEach(() => {
    server.close();
    server = service(0);
  });
  afterEach(() => void server.close());

  it.each(['a', 'b7f1.req_2-X', 'A'.repeat(64)])(
    'keeps the request id %s that the caller gave',
    async (id) => {
      const answer = await ask({ 'x-request-id': id });
      expect(answer.headers['x-request-id']).toBe(id);
      expect(answer.body).toMatchObject({ requestId: id });
    },
  );

  it.each(['', ' ', 'a b', 'a,b', 'A'.repeat(65), '<script>', 'a"b', '{"level":50}', 'ä', '../x', '%0a'])(
    'replaces the request id %j',
    async (id) => {
      const answer = await ask({ 'x-request-id': id });
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      expect(answer.body).toMatchObject({ requestId: answer.headers['x-request-id'] });
    },
  );

  it('gives two requests different ids', async () => {
    const [first, second] = [await ask(), await ask()];
    expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
  });

  it('takes the address from the socket, whatever headers say', async () => {
    const claims = ['x-forwarded-for', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip'];
    const headers = Object.fromEntries(claims.map((name) => [name, '203.0.113.7']));
    const answer = await ask({ ...headers, forwarded: 'for=203.0.113.7' });
    expect(answer.body).toMatchObject({ ip: '127.0.0.1' });
  });

  it('believes as many proxies as stand in front, and nothing before them', async () => {
    server.close();
    server = service(1);
    const answer = await ask({ 'x-forwarded-for': '203.0.113.7, 198.51.100.2' });
    expect(answer.body).toMatchObject({ ip: '198.51.100.2' });
  });

  it('shortens the user agent and takes control characters out of it', async () => {
    expect((await ask({ 'user-agent': 'a\tb' })).body).toMatchObject({ userAgent: 'a b' });
    expect((await ask({ 'user-agent': 'x'.repeat(600) })).body).toMatchObject({ userAgent: 'x'.repeat(512) });
  });

  it('has no user agent where none was sent', () => {
    const bare = { headers: {}, ip: undefined, id: undefined } as unknown as Request;
    expect(requestOrigin(bare)).toEqual({ requestId: '', ip: null, userAgent: null });
  });

  it('writes an IPv4 address as one, also from a socket that speaks both', () => {
    const from = (ip: string) => requestOrigin({ headers: {}, ip } as unknown as Request).ip;
    expect(from('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(from('::1')).toBe('::1');
    expect(from('2001:db8::ffff:1')).toBe('2001:db8::ffff:1');
  });
});
