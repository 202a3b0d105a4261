import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export interface ScriptResult {
  readonly status: number | null;
  readonly output: string;
  readonly error: string;
}

/** A command in a process of its own, as an operator runs it. It needs the compiled service: see `ServiceProcess.build`. */
export function runScript(
  name: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ScriptResult> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', name), ...words], {
    // Elsewhere than the project, where somebody's own .env may lie.
    cwd: join(ROOT, 'dist'),
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let [output, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, output, error }));
  });
}
