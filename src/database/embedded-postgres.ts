import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { postgresBinaries, serverUser, type ServerUser } from './postgres-binaries.js';

export interface EmbeddedPostgresOptions {
  /** Where its files live; made where missing. */
  readonly dataDir: string;
  /** Where it listens; a free one where left out. */
  readonly port?: number;
  /** Trades durability for speed. For tests alone. */
  readonly unsafe?: boolean;
}

/** One server for many services at once, each with a pool of its own, and nothing on it that must outlive a crash. */
const UNSAFE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' };

/**
 * A real PostgreSQL server that belongs to this process: started from npm binaries, bound to loopback on a free port,
 * with a password of its own, stopped with it. A server that a killed process left behind is adopted.
 */
export class EmbeddedPostgres {
  private child: ChildProcess | null = null;
  private pid: number | null = null;

  private constructor(
    private readonly folder: string,
    /** A `postgres://` URL with the password in it. */
    readonly url: string,
  ) {}

  /** @throws when the server does not come up; the message holds the end of its log */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const user = serverUser();
    const folder = serverFolder(options.dataDir, user);
    const native = postgresBinaries(user);
    const password = initialize(native, folder, user);
    const left = readPostmaster(folder);
    const port = left?.port ?? options.port ?? (await freePort());
    const server = new EmbeddedPostgres(folder, `postgres://postgres:${password}@127.0.0.1:${port}/postgres`);
    if (left) server.pid = left.pid;
    else await server.launch(native, port, user, options.unsafe ?? false);
    process.on('exit', server.stopAtExit);
    return server;
  }

  /** Where a server of this folder runs that another process owns; `null` where none does. Whoever asks does not stop it. */
  static runningUrl(dataDir: string): string | null {
    const folder = serverFolder(resolve(dataDir), serverUser());
    const running = readPostmaster(folder);
    if (!running) return null;
    const password = readFileSync(join(folder, 'password'), 'utf8');
    return `postgres://postgres:${password}@127.0.0.1:${running.port}/postgres`;
  }

  /** Fast shutdown: open transactions are rolled back, nothing that was committed is lost. */
  async stop(): Promise<void> {
    const pid = this.child?.pid ?? this.pid;
    if (pid === null || pid === undefined) return;
    if (isAlive(pid)) process.kill(pid, 'SIGINT');
    while (isAlive(pid)) await pause(10);
    process.off('exit', this.stopAtExit);
    this.child = null;
    this.pid = null;
  }

  /** A process that ends in a hurry does not leave its server behind. */
  private readonly stopAtExit = (): void => {
    const pid = this.child?.pid ?? this.pid;
    if (pid !== null && pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGINT');
  };

  private async launch(native: string, port: number, user: ServerUser, unsafe: boolean): Promise<void> {
    const settings: Record<string, string> = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      log_checkpoints: 'off',
      ...(unsafe ? UNSAFE : {}),
    };
    const args = [
      '-D',
      join(this.folder, 'data'),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    // To a file, not to a pipe: a reader that is busy, or gone, would make the server wait in the middle of a checkpoint.
    const file = join(this.folder, 'server.log');
    const log = openSync(file, 'w', 0o600);
    // Its own group: a terminal's Ctrl-C reaches the service alone, which stops the server when it has drained.
    const child = spawn(join(native, 'bin', 'postgres'), args, {
      ...user,
      cwd: join(this.folder, 'data'),
      detached: true,
      stdio: ['ignore', 'ignore', log],
    });
    closeSync(log);
    this.child = child;
    const said = () => readFileSync(file, 'utf8');
    while (!said().includes('database system is ready to accept connections')) {
      if (child.exitCode !== null)
        throw new Error(`The embedded PostgreSQL did not start:\n${said().slice(-4000)}`);
      await pause(10);
    }
  }
}

/** `initdb` once. Returns the password, which stands in a file beside the data, readable by the owner alone. */
function initialize(native: string, folder: string, user: ServerUser): string {
  const passwordFile = join(folder, 'password');
  const data = join(folder, 'data');
  if (existsSync(join(data, 'PG_VERSION')) && existsSync(passwordFile))
    return readFileSync(passwordFile, 'utf8');
  rmSync(data, { recursive: true, force: true });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  own(passwordFile, user);
  const args = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  const made = spawnSync(join(native, 'bin', 'initdb'), args, { ...user, cwd: folder, encoding: 'utf8' });
  if (made.status !== 0)
    throw new Error(`The embedded PostgreSQL could not be set up:\n${made.stderr || made.error?.message}`);
  return password;
}

/** `DATA_DIR/postgres`; where `nobody` cannot reach that (a home folder, run as root), a folder of the system's. */
function serverFolder(dataDir: string, user: ServerUser): string {
  const candidates = [join(dataDir, 'postgres')];
  if (user.uid !== undefined) {
    candidates.push(
      join('/var/lib', `gatehouse-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`),
    );
  }
  for (const folder of candidates) {
    mkdirSync(folder, { recursive: true });
    own(folder, user);
    chmodSync(folder, 0o700);
    if (user.uid === undefined || spawnSync('test', ['-w', folder], { ...user, cwd: '/' }).status === 0)
      return folder;
  }
  throw new Error(
    `The embedded PostgreSQL cannot write to ${dataDir}: set DATA_DIR to another folder, or DATABASE_URL.`,
  );
}

function own(path: string, user: ServerUser): void {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
}

/** `postmaster.pid`: line 1 is the process, line 4 the port. Stale after a crash of the machine. */
function readPostmaster(folder: string): { pid: number; port: number } | null {
  const file = join(folder, 'data', 'postmaster.pid');
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, 'utf8').split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return Number.isInteger(pid) && Number.isInteger(port) && port > 0 && isAlive(pid) && isPostgres(pid)
    ? { pid, port }
    : null;
}

/** A process id is reused in time; only where the system can tell is a stranger ruled out. */
function isPostgres(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  return !existsSync(file) || readFileSync(file, 'utf8').includes('postgres');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
