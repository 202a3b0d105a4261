import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stableId } from './ids.js';

/**
 * Gives records their identifiers. WorkOS uses none twice, and whoever follows it never lets a deleted record come back: what
 * was deleted stays spent; where it is written down, over resets and restarts too.
 */
export class RecordIds {
  readonly #spent: Set<string>;

  /** @param file a line for each identifier that is spent; `null`: remembered until the next reset */
  constructor(private readonly file: string | null = null) {
    const known = file !== null && existsSync(file) ? readFileSync(file, 'utf8') : '';
    this.#spent = new Set(known.split('\n').filter((line) => line !== ''));
  }

  /** Whether it outlives this run. */
  get remembers(): boolean {
    return this.file !== null;
  }

  /** The identifier that these names always give, or the first after it that is not spent. */
  named(prefix: string, ...names: string[]): string {
    return this.unspent(stableId(prefix, ...names), prefix, names);
  }

  /** The identifier that a seed names, or the first after it that is not spent. */
  seeded(prefix: string, id: string): string {
    return this.unspent(id, prefix, [id]);
  }

  spend(...records: readonly { readonly id: string }[]): void {
    const ids = records.map(({ id }) => id).filter((id) => !this.#spent.has(id));
    if (ids.length === 0) return;
    for (const id of ids) this.#spent.add(id);
    if (this.file === null) return;
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, ids.map((id) => `${id}\n`).join(''));
  }

  reset(): void {
    if (this.file === null) this.#spent.clear();
  }

  private unspent(first: string, prefix: string, names: readonly string[]): string {
    let id = first;
    for (let life = 2; this.#spent.has(id); life++) id = stableId(prefix, ...names, `life ${life}`);
    return id;
  }
}
