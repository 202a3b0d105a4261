import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from 'jose';
import { unavailable } from './workos.errors.js';

/** Milliseconds. */
export const KEY_LIMITS = {
  /** For how long keys are used without asking whether they are still the ones. */
  fresh: 10 * 60_000,
  /** For how long they are used while nobody can say. */
  stale: 60 * 60_000,
  /** Between two questions for a key that is not among them: unknown key ids are free to make up. */
  unknownKey: 5000,
  /** Between two questions while the answer fails. */
  failure: 1000,
} as const;

/**
 * The public keys that WorkOS signs with, from its JWKS and from nowhere else (RFC 8725, section 3.10: never from a
 * token's own header). One question at a time, however many wait for it; a key that is new is found with one question;
 * while the JWKS cannot be had, the keys that are known do for an hour.
 */
export class SigningKeys {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  private answers = 0;
  private fetchedAt = -Infinity;
  private failedAt = -Infinity;
  private failure: unknown;
  private missedAt = -Infinity;
  private running: Promise<void> | null = null;

  constructor(
    url: URL,
    private readonly now: () => Date,
    request: typeof fetch,
  ) {
    // When to ask is decided here: the library neither keeps keys through an outage nor bounds how long it would.
    this.remote = createRemoteJWKSet(url, {
      timeoutDuration: 5000,
      cooldownDuration: Infinity,
      cacheMaxAge: Infinity,
      [customFetch]: request,
    });
  }

  /** @throws `JWKSNoMatchingKey` where the key is not WorkOS's, `upstream_unavailable` where that cannot be said */
  readonly get = async (header?: JWSHeaderParameters, token?: FlattenedJWSInput): Promise<CryptoKey> => {
    const asked = this.answers;
    await this.refreshed();
    try {
      return await this.remote(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.mayBeNew(asked)) throw error;
    }
    await this.reload();
    // Only an answer tells that a key is unknown: a question that failed says nothing of it, however soon the next one comes.
    this.missedAt = this.now().getTime();
    return this.remote(header, token);
  };

  /** Whether a key that is unknown is worth a question: whoever comes while one is open waits for its answer. */
  private mayBeNew(asked: number): boolean {
    if (this.running) return true;
    return this.answers <= asked && this.age(this.missedAt) >= KEY_LIMITS.unknownKey;
  }

  private async refreshed(): Promise<void> {
    const age = this.age(this.fetchedAt);
    if (age < KEY_LIMITS.fresh) return;
    const reloading = this.reload();
    // Nobody waits for a question while the keys at hand may still be used.
    if (age < KEY_LIMITS.stale) reloading.catch(() => undefined);
    else await reloading;
  }

  private reload(): Promise<void> {
    if (this.running) return this.running;
    if (this.age(this.failedAt) < KEY_LIMITS.failure) return Promise.reject(unavailable(this.failure));
    this.running = this.ask().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async ask(): Promise<void> {
    try {
      await this.remote.reload();
    } catch (error) {
      this.failedAt = this.now().getTime();
      this.failure = error;
      throw unavailable(error);
    }
    this.answers += 1;
    this.fetchedAt = this.now().getTime();
  }

  private age(time: number): number {
    return this.now().getTime() - time;
  }
}
