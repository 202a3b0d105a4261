import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ProblemError } from '../../common/problem-error.js';
import { Random } from '../../common/random.js';
import { KeyRing } from '../../crypto/key-ring.js';
import type { SignInJar } from '../credentials/cookies.js';
import { newState, readState, sealPending, unsealPending, type PendingSignIn } from './pending-sign-in.js';
import { SpentSignInsRepository } from './spent-sign-ins.repository.js';

export interface OpenedSignIn {
  readonly state: string;
  /** Names the cookie. */
  readonly flowId: string;
  /** What the cookie holds. */
  readonly sealed: string;
}

export type TakenSignIn = PendingSignIn & { readonly startedAt: Date };

/** Sign-ins under way: opened here, kept by the browser, taken once. */
@Injectable()
export class PendingSignIns {
  constructor(
    private readonly spent: SpentSignInsRepository,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Nothing is stored: whoever opens sign-ins without end fills no table. */
  async open(pending: Omit<PendingSignIn, 'state'>): Promise<OpenedSignIn> {
    const state = newState(this.keys, this.random, this.clock.now());
    return { state, flowId: state.slice(0, 8), sealed: await sealPending({ ...pending, state }, this.keys) };
  }

  /**
   * The sign-in that `state` belongs to, which from now on is spent. Its cookie goes.
   * @throws `invalid_state`, `state_expired`, `state_replayed`; a state of another browser stays good for that one
   */
  async take(state: string, jar: SignInJar): Promise<TakenSignIn> {
    const reading = readState(state, this.keys, this.clock.now());
    if (reading.kind === 'invalid') throw new ProblemError('invalid_state');
    // A state of ours: whatever becomes of it, a cookie of its name has served.
    jar.clear(reading.flowId);
    if (reading.kind === 'expired') throw new ProblemError('state_expired');
    const cookie = jar.get(reading.flowId);
    const pending = cookie === undefined ? null : await unsealPending(cookie, state, this.keys);
    if (!pending)
      throw new ProblemError((await this.spent.isSpent(state)) ? 'state_replayed' : 'invalid_state');
    if (!(await this.spent.spend(state, this.clock.now()))) throw new ProblemError('state_replayed');
    return { ...pending, startedAt: new Date(reading.startedAt) };
  }

  /** The same, where a state that is not good is no reason to stop. */
  async takeIfGood(state: string, jar: SignInJar): Promise<TakenSignIn | null> {
    try {
      return await this.take(state, jar);
    } catch (error) {
      if (error instanceof ProblemError && error.status === 400) return null;
      throw error;
    }
  }
}
