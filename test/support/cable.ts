import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.js';

/** The wire to a server, which can be cut: connections break, new ones are refused, until it is mended. */
export class Cable {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private server: Server,
    private readonly port: number,
    private readonly target: { host: string; port: number },
    /** The address to use in place of the server's own. */
    readonly url: string,
  ) {
    this.attach(server);
  }

  static async to(address: string): Promise<Cable> {
    const url = new URL(address);
    const target = { host: url.hostname, port: Number(url.port) };
    const server = createServer();
    // While it is cut, nobody else may get its port.
    const port = await freePort();
    await listen(server, port);
    url.host = `127.0.0.1:${port}`;
    return new Cable(server, port, target, url.href);
  }

  async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async mend(): Promise<void> {
    this.server = createServer();
    this.attach(this.server);
    await listen(this.server, this.port);
  }

  /** From now on the connections that exist carry nothing, and nobody is told. New ones work. */
  freeze(): void {
    for (const socket of this.sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  private attach(server: Server): void {
    server.on('connection', (near) => {
      const far = connect(this.target);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          this.sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
