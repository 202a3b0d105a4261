import { randomBytes } from 'node:crypto';
import type { RunningSandbox } from '../../sandbox/server.js';
import { freePort } from './free-port.js';
import { createDatabase, type TestDatabase } from './postgres.js';
import { RoundRobin } from './round-robin.js';
import { sandboxFor } from './sandbox.js';
import { ServiceProcess } from './service-process.js';
import { Site, type SignInMode } from './site.js';

/** Several processes of the compiled service behind a load balancer, over one database and one sandbox. */
export class Cluster extends Site {
  private readonly nodes: ServiceProcess[] = [];

  private constructor(
    readonly url: string,
    readonly sandbox: RunningSandbox,
    readonly database: TestDatabase,
    private readonly env: Readonly<Record<string, string>>,
    readonly ports: readonly number[],
    private readonly balancer: RoundRobin,
  ) {
    super();
  }

  static async start(
    mode: SignInMode,
    size: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Cluster> {
    ServiceProcess.build();
    const ports: number[] = [];
    for (let node = 0; node < size; node++) ports.push(await freePort());
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const [sandbox, database] = await Promise.all([sandboxFor(url), createDatabase()]);
    const balancer = new RoundRobin(ports);
    await balancer.listen(port);
    const settings = {
      APP_URL: url,
      WORKOS_API_KEY: sandbox.apiKey,
      WORKOS_CLIENT_ID: sandbox.clientId,
      WORKOS_API_URL: sandbox.url,
      SIGN_IN: mode,
      SESSION_KEYS: randomBytes(32).toString('base64'),
      DATABASE_URL: database.url,
      LOG_LEVEL: 'warn',
      EVENTS_INTERVAL: '0',
      ...env,
    };
    const cluster = new Cluster(url, sandbox, database, settings, ports, balancer);
    await Promise.all(ports.map((_, node) => cluster.startNode(node)));
    return cluster;
  }

  /** What one node answers, past the load balancer. */
  nodeUrl(node: number): string {
    return `http://localhost:${this.ports[node] ?? 0}`;
  }

  async startNode(node: number, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const service = ServiceProcess.start({ ...this.env, PORT: String(this.ports[node] ?? 0), ...env });
    this.nodes[node] = service;
    await service.ready(this.nodeUrl(node));
  }

  /** @returns what the process exits with */
  async stopNode(node: number, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    return (await this.nodes[node]?.terminate(signal)) ?? null;
  }

  get keys(): string {
    return this.env['SESSION_KEYS'] ?? '';
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((_, node) => this.stopNode(node, 'SIGKILL')));
    await this.balancer.close();
    await this.sandbox.close();
    await this.database.drop();
  }
}
