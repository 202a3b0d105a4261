import { SUBJECT_KINDS, type SubjectKind } from '../bus/invalidation-bus.port.js';
import type { Subject } from './session-record.js';

/** Most subjects have one entry: a set for each of them would weigh more than what it holds. */
type Keys = string | Set<string>;

/** Finds what a memory keeps for a subject, without a walk through all of it: messages of revocations come in crowds. */
export class SubjectIndex {
  private readonly keys = new Map<SubjectKind, Map<string, Keys>>(
    SUBJECT_KINDS.map((kind) => [kind, new Map()]),
  );

  add(key: string, subjects: readonly Subject[]): void {
    for (const { kind, id } of subjects) {
      const ids = this.keys.get(kind);
      const known = ids?.get(id);
      if (known === undefined) ids?.set(id, key);
      else if (typeof known !== 'string') known.add(key);
      else if (known !== key) ids?.set(id, new Set([known, key]));
    }
  }

  remove(key: string, subjects: readonly Subject[]): void {
    for (const { kind, id } of subjects) {
      const ids = this.keys.get(kind);
      const known = ids?.get(id);
      if (typeof known === 'object') known.delete(key);
      if (known === key || (typeof known === 'object' && known.size === 0)) ids?.delete(id);
    }
  }

  /** A list of its own: whoever forgets what it names changes the index. */
  keysOf({ kind, id }: Subject): readonly string[] {
    const known = this.keys.get(kind)?.get(id);
    if (known === undefined) return [];
    return typeof known === 'string' ? [known] : [...known];
  }

  clear(): void {
    for (const ids of this.keys.values()) ids.clear();
  }

  /** Subjects that have something. */
  get size(): number {
    return [...this.keys.values()].reduce((sum, ids) => sum + ids.size, 0);
  }
}
