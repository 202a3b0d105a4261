import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..', '..');

/** The compiled service, in a process of its own as in production, with all that it writes. */
export class ServiceProcess {
  output = '';
  readonly ended: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.ended = new Promise((resolve) => child.once('close', resolve));
  }

  /** Compiles what has changed. Throws with the compiler's words. */
  static build(): void {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], {
      cwd: ROOT,
      env: environment({}),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`The build failed:\n${stderr}`);
  }

  static start(env: Readonly<Record<string, string>>): ServiceProcess {
    // Elsewhere than the project, where somebody's own .env may lie.
    return this.run(join(ROOT, 'dist', 'src', 'main.js'), join(ROOT, 'dist'), env);
  }

  /** Another program, of which as much is asked. */
  static run(script: string, cwd: string, env: Readonly<Record<string, string>>): ServiceProcess {
    return new ServiceProcess(
      spawn(process.execPath, [script], { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** Until the service at `url` says that it can serve; throws with its last words if it ends instead. */
  async ready(url: string, path = '/health/ready'): Promise<void> {
    const isReady = async (): Promise<boolean> => {
      const [answer] = await Promise.allSettled([fetch(url + path)]);
      return answer.status === 'fulfilled' && answer.value.status === 200;
    };
    while (this.child.exitCode === null) {
      if (await isReady()) return;
      await setTimeout(25);
    }
    throw new Error(`The service ended with ${await this.ended}:\n${this.output}`);
  }

  /** Asks it to end; what it exits with. */
  async terminate(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Nothing of this process but what finding programs needs: the flags of a test runner are not the service's. */
function environment(env: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', ...env };
}
