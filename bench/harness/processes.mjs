import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Whether a process can be bound to a core here. Without it the figures of small differences mean little. */
export const canPin =
  availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

const children = new Set();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** A Node process of the bench's own that speaks over IPC. */
export class Process {
  #child;
  #ended;
  #inbox = [];
  #waiting = [];

  /**
   * @param {string} script relative to `bench/`
   * @param {{ args?: string[], cpu?: number, context?: unknown, nodeArgs?: string[], env?: Record<string, string> }} options
   */
  constructor(script, { args = [], cpu, context, nodeArgs = [], env } = {}) {
    const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
    const node = [process.execPath, ...nodeArgs, path, ...args];
    const [command, ...rest] = cpu !== undefined && canPin ? ['taskset', '-c', String(cpu), ...node] : node;
    this.#child = spawn(command, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...(env ?? process.env), BENCH_CONTEXT: JSON.stringify(context ?? {}) },
    });
    children.add(this.#child);
    this.#child.on('message', (message) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting.resolve(message);
      else this.#inbox.push(message);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('exit', (code, signal) => {
        children.delete(this.#child);
        for (const { reject } of this.#waiting.splice(0))
          reject(new Error(`${script} ${args.join(' ')} ended early (${code ?? signal}).`));
        resolve(code);
      });
    });
  }

  /** The next message of the process. */
  receive() {
    if (this.#inbox.length > 0) return Promise.resolve(this.#inbox.shift());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Sends a message and waits for its answer. */
  ask(message) {
    this.#child.send(message);
    return this.receive();
  }

  async stop(signal = 'SIGTERM') {
    this.#child.kill(signal);
    await this.#ended;
  }
}

/** What a process was started with. */
export const context = JSON.parse(process.env.BENCH_CONTEXT || '{}');

/** Answers the messages of the process that started this one, one after the other. */
export function serve(handlers) {
  process.on('message', async ({ type, ...rest }) => {
    try {
      process.send(await handlers[type](rest));
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  });
  // Nobody is left to answer to.
  process.on('disconnect', () => process.exit(0));
}
