import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkOS } from '@workos-inc/node';
import type { Trouble } from '../identity/identity-provider.conformance.js';

/** What the stub does with a request: answers it, never answers, or hangs up. */
export type Reply =
  | 'hang'
  | 'hang up'
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly html?: string;
      readonly headers?: Record<string, string>;
    };

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Of a form or of a JSON body. */
  readonly fields: Readonly<Record<string, string>>;
}

/** An HTTP server in the place of WorkOS, which does what it is told. For the specs of this folder alone. */
export class WorkosStub {
  readonly received: ReceivedRequest[] = [];
  private readonly replies = new Map<string, Reply | ((request: ReceivedRequest) => Reply)>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WorkosStub> {
    const server = createServer();
    const stub = new WorkosStub(server);
    server.on('request', (request, response: ServerResponse) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const path = url.split('?')[0] ?? '';
        const fields = headers['content-type']?.includes('json')
          ? (JSON.parse(body === '' ? '{}' : body) as Record<string, string>)
          : Object.fromEntries(new URLSearchParams(body));
        const received = { method, path, query: new URLSearchParams(url.split('?')[1]), headers, fields };
        stub.received.push(received);
        const reply = stub.replies.get(path) ?? { status: 404, json: { message: 'Not Found' } };
        stub.answer(typeof reply === 'function' ? reply(received) : reply, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on requests for `path` get this reply. */
  on(path: string, reply: Reply | ((request: ReceivedRequest) => Reply)): void {
    this.replies.set(path, reply);
  }

  /** The same, in the words of the conformance suite. */
  fail(path: string, trouble: Trouble): void {
    if (typeof trouble === 'string') {
      this.on(path, trouble);
      return;
    }
    const { retryAfter, ...reply } = trouble;
    this.on(path, {
      ...reply,
      ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
    });
  }

  requestsFor(path: string): ReceivedRequest[] {
    return this.received.filter((request) => request.path === path);
  }

  /** The SDK, without its retries. */
  client(clientId: string, timeout = 5000): WorkOS {
    return new WorkOS({
      apiKey: 'sk_test_stub',
      clientId,
      apiHostname: '127.0.0.1',
      https: false,
      port: this.port,
      timeout,
      maxRetries: 0,
    });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(reply: Reply, response: ServerResponse): void {
    if (reply === 'hang') return;
    if (reply === 'hang up') {
      response.destroy();
      return;
    }
    const { status = 200, json, html, headers } = reply;
    const type = html === undefined ? 'application/json' : 'text/html';
    response.writeHead(status, { 'content-type': type, ...headers }).end(html ?? JSON.stringify(json ?? {}));
  }
}
