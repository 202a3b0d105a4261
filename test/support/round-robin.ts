import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/**
 * A load balancer: nodes in turn; one that refuses the connection or says that it is shutting down is passed over, for
 * then nothing of the request was done there.
 */
export class RoundRobin {
  private turn = 0;
  private readonly server: Server;

  constructor(private readonly ports: readonly number[]) {
    this.server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    for (let tries = 0; tries < this.ports.length; tries++) {
      const port = this.ports[this.turn++ % this.ports.length];
      const answer = await this.forward(incoming, body, port ?? 0);
      if (!answer) continue;
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(answer.body);
      return;
    }
    outgoing.writeHead(502).end('No node answers.');
  }

  private forward(incoming: IncomingMessage, body: Buffer, port: number) {
    interface Answer {
      status: number;
      headers: string[];
      body: Buffer;
    }
    return new Promise<Answer | null>((resolve) => {
      const { method, url, rawHeaders } = incoming;
      const call = request(
        { host: '127.0.0.1', port, method, path: url, headers: pairs(rawHeaders), agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', () => resolve(null));
          response.on('end', () => {
            const text = Buffer.concat(chunks);
            const closing = response.statusCode === 503 && text.includes('shutting_down');
            resolve(
              closing
                ? null
                : { status: response.statusCode ?? 502, headers: response.rawHeaders, body: text },
            );
          });
        },
      );
      call.on('error', () => resolve(null));
      call.end(body);
    });
  }
}

function pairs(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < raw.length; index += 2) headers[raw[index] ?? ''] = raw[index + 1] ?? '';
  return headers;
}
