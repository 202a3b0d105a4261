import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { answerUnreadable, requireHost } from './unreadable-requests.js';

const REST = 'Host: localhost\r\nConnection: close\r\n';

describe('what Node refuses by itself', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) =>
      requireHost(request, response, (problem) => void response.end(problem?.code ?? 'answered')),
    );
    answerUnreadable(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  /** What comes back until the server closes the connection. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => (answer += String(chunk)));
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400, 'invalid_request'],
    [
      'two lengths',
      `GET / HTTP/1.1\r\n${REST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
      'invalid_request',
    ],
    [
      'too long a header',
      `GET / HTTP/1.1\r\n${REST}A: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('is a problem like any other: %s', async (_what, text, status, code) => {
    const [head = '', body = ''] = (await raw(text)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/^Cache-Control: no-store\r$/m);
    expect(head).toMatch(/^Content-Type: application\/problem\+json/m);
    const problem = JSON.parse(body) as { code: string; requestId: string };
    expect(problem.code).toBe(code);
    expect(head).toContain(`X-Request-Id: ${problem.requestId}\r\n`);
  });

  it('is no request without one host, which is refused where others are', async () => {
    expect(await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/invalid_request$/);
    expect(await raw(`GET / HTTP/1.1\r\nHost: other\r\n${REST}\r\n`)).toMatch(/invalid_request$/);
    expect(await raw('GET / HTTP/1.0\r\n\r\n')).toMatch(/answered$/);
  });

  it('is no expectation that can be left alone', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\n${REST}Expect: nonsense\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK[^]*answered$/);
  });
});
