import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { createClient } from 'redis';
import { freePort } from './free-port.js';
import { until } from './until.js';

/** `describe` where there is a `redis-server`; elsewhere the suite is skipped, and says so. */
export const describeWithRedis = hasRedis() ? describe : describe.skip;

function hasRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  const mend = 'There is no redis-server: run scripts/install-system-parts.sh.';
  if (process.env['CI'] === 'true') throw new Error(mend);
  process.stderr.write(`\nSKIPPED: everything that needs Redis. ${mend}\n`);
  return false;
}

/** A `redis-server` of this test alone, that keeps nothing on disk. It may be killed, paused and started again. */
export class TestRedis {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
    private readonly cluster: boolean,
  ) {}

  /** `cluster`: one node with all slots. It refuses what a bigger one would: commands and scripts over several slots. */
  static async start({ cluster = false } = {}): Promise<TestRedis> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'));
    const redis = new TestRedis(await freePort(), folder, cluster);
    process.on('exit', redis.kill);
    await redis.launch();
    if (cluster) await redis.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await redis.untilUsable();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Gone in the middle of whatever it did. */
  readonly kill = (): void => {
    this.child?.kill('SIGKILL');
  };

  /** Connections stay, and new ones are accepted, but nothing is answered. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** Kills it, if that has not happened, and starts it again on the same port, empty. */
  async restart(): Promise<void> {
    await this.end();
    await this.launch();
    await this.untilUsable();
  }

  async stop(): Promise<void> {
    process.off('exit', this.kill);
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One command over a connection of its own. */
  async command(...words: string[]): Promise<unknown> {
    const client = createClient({ url: this.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  }

  private async end(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  private async launch(): Promise<void> {
    const settings: Record<string, string> = {
      bind: '127.0.0.1',
      port: String(this.port),
      dir: this.folder,
      save: '',
      appendonly: 'no',
      ...(this.cluster ? { 'cluster-enabled': 'yes', 'cluster-port': String(await freePort()) } : {}),
    };
    const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.child = child;
    let log = '';
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await until('redis-server is ready', () => {
      if (child.exitCode !== null) throw new Error(`redis-server did not start:\n${log}`);
      return log.includes('Ready to accept connections');
    });
  }

  /** A cluster node takes two seconds before it trusts itself. */
  private async untilUsable(): Promise<void> {
    if (!this.cluster) return;
    await until('the cluster is up', async () =>
      String(await this.command('CLUSTER', 'INFO')).includes('cluster_state:ok'),
    );
  }
}
