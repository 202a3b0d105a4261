import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Invalidation, InvalidationListener } from '../../bus/invalidation-bus.port.js';
import type { Principal } from '../../identity/principal.js';
import type { Subject } from '../../sessions/session-record.js';
import { SubjectIndex } from '../../sessions/subject-index.js';

/** What a credential turned out to be worth. */
export interface Verdict {
  /** `null`: it is not to be believed. */
  readonly principal: Principal | null;
  /** Whoever of these is revoked takes the credential along. */
  readonly subjects: readonly Subject[];
  /** Milliseconds: not believed after it. */
  readonly until: number;
}

interface Entry extends Verdict {
  readonly judgedAt: number;
}

interface Load {
  stale: boolean;
  readonly answer: Promise<Principal | null>;
}

export const CREDENTIAL_LIMITS = {
  entries: 20_000,
  /** Of credentials that are not to be believed: anybody can make up ever new ones. */
  refusals: 2000,
  /** Milliseconds for which a verdict is used while messages may be missed. */
  deafAge: 2000,
  /** Rounds of asking again while revocations come in between. */
  rounds: 3,
} as const;

/**
 * What a node knows of bearer credentials, by their SHA-256: bounded, one question at a time for each, and forgotten as soon
 * as a revocation of anybody that they speak for is heard. Refused ones have a memory of their own, so that made-up ones push
 * no good one out: while WorkOS is down it could not be asked for again.
 */
export class CredentialCache implements InvalidationListener {
  private readonly subjects = new SubjectIndex();
  private readonly good = this.memory(CREDENTIAL_LIMITS.entries);
  private readonly refused = this.memory(CREDENTIAL_LIMITS.refusals);
  private readonly loads = new Map<string, Load>();
  /** Those too that a newer one has taken the place of: they hear of every revocation until they end. */
  private readonly running = new Set<Load>();

  constructor(private readonly hearsAll: () => boolean) {}

  /** `undefined` where it must be judged (again). */
  recall(credential: string, now: number): Principal | null | undefined {
    const key = keyOf(credential);
    const entry = this.good.get(key) ?? this.refused.get(key);
    if (!entry || now >= entry.until) return undefined;
    if (now - entry.judgedAt >= CREDENTIAL_LIMITS.deafAge && !this.hearsAll()) return undefined;
    return entry.principal;
  }

  /** Judges a credential, together with everybody else who asks for the same. */
  judge(credential: string, now: number, ask: () => Promise<Verdict>): Promise<Principal | null> {
    const key = keyOf(credential);
    const known = this.loads.get(key);
    // What a revocation has overtaken is no answer for whoever comes after it.
    if (known && !known.stale) return known.answer;
    const load: Load = { stale: false, answer: Promise.resolve(null) };
    this.running.add(load);
    const answer = this.askUntilFresh(key, now, ask, load).finally(() => {
      this.running.delete(load);
      if (this.loads.get(key) === load) this.loads.delete(key);
    });
    Object.assign(load, { answer });
    this.loads.set(key, load);
    return answer;
  }

  onInvalidation(message: Invalidation): void {
    if (message.kind === 'session') return;
    for (const load of this.running) load.stale = true;
    for (const key of this.subjects.keysOf(message)) this.forget(key);
  }

  onGap(): void {
    for (const load of this.running) load.stale = true;
    this.subjects.clear();
    this.good.clear();
    this.refused.clear();
  }

  private async askUntilFresh(
    key: string,
    now: number,
    ask: () => Promise<Verdict>,
    load: Load,
  ): Promise<Principal | null> {
    let verdict = await ask();
    for (let round = 1; load.stale && round < CREDENTIAL_LIMITS.rounds; round++) {
      load.stale = false;
      verdict = await ask();
    }
    this.forget(key);
    if (!load.stale && now < verdict.until)
      (verdict.principal ? this.good : this.refused).set(key, { ...verdict, judgedAt: now });
    return verdict.principal;
  }

  private forget(key: string): void {
    this.good.delete(key);
    this.refused.delete(key);
  }

  private memory(max: number): LRUCache<string, Entry> {
    return new LRUCache({
      max,
      onInsert: ({ subjects }, key) => this.subjects.add(key, subjects),
      dispose: ({ subjects }, key) => this.subjects.remove(key, subjects),
    });
  }
}

function keyOf(credential: string): string {
  return hash('sha256', credential, 'base64url');
}
