import { SamlProblem } from './problem.js';

/** Remembers each accepted assertion for as long as its time window would let it in again (Profiles 4.1.4.5). */
export class AcceptedAssertions {
  readonly #until = new Map<string, Date>();

  accept(issuer: string, assertion: { id: string; replayableUntil: Date }, now: Date): void {
    for (const [key, until] of this.#until) if (until <= now) this.#until.delete(key);
    const key = JSON.stringify([issuer, assertion.id]);
    if (this.#until.has(key)) {
      throw new SamlProblem('replayed', 'Each assertion signs in once. Start again from the application.');
    }
    this.#until.set(key, assertion.replayableUntil);
  }
}
