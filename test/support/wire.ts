import { request, type IncomingHttpHeaders } from 'node:http';
import type { ApiBody } from './stack.js';

export interface WireRequest {
  readonly method?: string;
  /** Sent as they are, `Host` too; a list is sent as that many lines. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: readonly string[];
  readonly text: string;
  /** What the answer says as JSON; `null` where it is something else. */
  readonly body: ApiBody | null;
}

/** Sends what no browser and no `fetch` would: the target is not normalised, and no header is added but `Host`. */
export function send(base: string, target: string, options: WireRequest = {}): Promise<WireAnswer> {
  const { hostname, port } = new URL(base);
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path: target, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          setCookies: incoming.headers['set-cookie'] ?? [],
          text,
          body: isJson(incoming.headers, text) ? (JSON.parse(text) as ApiBody) : null,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function isJson(headers: IncomingHttpHeaders, text: string): boolean {
  return text !== '' && /json/.test(headers['content-type'] ?? '');
}
