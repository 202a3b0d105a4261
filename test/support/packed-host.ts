import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * An application of somebody else in a folder of its own, with the packed package as its only copy of Gatehouse. Nothing
 * is downloaded: beside it stands exactly what its manifest asks for, linked from here, so that what it forgot to ask for
 * is missing.
 */
export class PackedHost {
  private constructor(
    readonly folder: string,
    readonly tarball: string,
    readonly manifest: Manifest,
  ) {}

  static create(): PackedHost {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-host-'));
    const tarball = join(folder, pack(folder));
    const modules = join(folder, 'node_modules');
    const own = join(modules, 'gatehouse');
    mkdirSync(own, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', own, '--strip-components=1']);
    cpSync(join(ROOT, 'test', 'host'), folder, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as Manifest;
    const peers = Object.keys(manifest.peerDependencies).filter(
      (name) => manifest.peerDependenciesMeta[name]?.optional !== true,
    );
    // The last one is what the application itself compiles with.
    for (const name of new Set([...Object.keys(manifest.dependencies), ...peers, '@types/node'])) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    return new PackedHost(folder, tarball, manifest);
  }

  get packageFolder(): string {
    return join(this.folder, 'node_modules', 'gatehouse');
  }

  /** @returns what the compiler says against it */
  compile(): string {
    const script = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [script], {
      cwd: this.folder,
      encoding: 'utf8',
      env: quiet(),
    });
    return stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The flags of a test runner are nobody else's. */
function quiet(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
}

/** @returns the name of the file in `folder` */
function pack(folder: string): string {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: quiet(),
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  // A script of the package may write before it.
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as { filename: string }[];
  if (!packed) throw new Error(`npm pack made nothing:\n${stdout}`);
  return packed.filename;
}
