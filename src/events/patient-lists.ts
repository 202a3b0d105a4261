import { setTimeout } from 'node:timers/promises';
import { isTransient, ProblemError } from '../common/problem-error.js';
import type {
  ObjectKind,
  ObjectList,
  ObjectLists,
  ObjectPage,
  WireObject,
} from '../identity/object-lists.port.js';

const ATTEMPTS = 5;
/** Milliseconds before the second attempt, where WorkOS does not say when; twice as many before each further one. */
const FIRST = 1000;
/** Milliseconds of a wait after which the caller may say that it is still there. */
const STEP = 10_000;

/**
 * Lists read whole. Of many thousand pages one is bound to fail: it is asked for again, when WorkOS says, so that what was
 * read before it is not read again.
 */
export class PatientLists {
  /** @param goOn called after every step of a wait; what it throws ends the reading */
  constructor(
    private readonly lists: ObjectLists,
    private readonly goOn: () => Promise<void>,
    private readonly pause: (milliseconds: number) => Promise<void> = setTimeout,
  ) {}

  async *pages(list: ObjectList): AsyncIterable<readonly WireObject[]> {
    let next: string | null = null;
    do {
      const after: string | null = next;
      const page: ObjectPage = await this.patiently(() => this.lists.page(list, after));
      yield page.objects;
      next = page.next;
    } while (next !== null);
  }

  exists(kind: ObjectKind, id: string): Promise<boolean> {
    return this.patiently(() => this.lists.exists(kind, id));
  }

  private async patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (attempt === ATTEMPTS || !isTransient(error)) throw error;
        await this.wait(askedToWait(error) ?? FIRST * 2 ** (attempt - 1));
      }
    }
  }

  private async wait(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= STEP) {
      await this.pause(Math.min(left, STEP));
      await this.goOn();
    }
  }
}

function askedToWait(error: unknown): number | undefined {
  const seconds = error instanceof ProblemError ? error.options.retryAfter : undefined;
  return seconds === undefined ? undefined : seconds * 1000;
}
