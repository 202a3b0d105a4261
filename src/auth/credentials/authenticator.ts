import { Injectable } from '@nestjs/common';
import type { Counter } from '@opentelemetry/api';
import { InvalidationBus } from '../../bus/invalidation-bus.port.js';
import { Clock } from '../../common/clock.js';
import { codeOf } from '../../common/problem-error.js';
import type { Principal } from '../../identity/principal.js';
import { Meter } from '../../metrics/meter.js';
import { Observations } from '../../metrics/observations.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { AccessTokenJudge } from './access-token.judge.js';
import { ApiKeyJudge } from './api-key.judge.js';
import { bearerKind, type BearerKind } from './bearer.js';
import { CredentialCache, type Verdict } from './credential-cache.js';

/** Turns credentials into a principal. The strategies only fetch what it is given. */
@Injectable()
export class Authenticator {
  private readonly bearers: CredentialCache;
  private readonly judgements: Counter;
  /** Answered from memory: a plain number, since a counter of the meter would cost as much as the answer. */
  private recalled = 0;

  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: AccessTokenJudge,
    private readonly keys: ApiKeyJudge,
    private readonly clock: Clock,
    bus: InvalidationBus,
    meter: Meter,
    observations: Observations,
  ) {
    this.bearers = new CredentialCache(() => bus.isUp());
    bus.subscribe(this.bearers);
    this.judgements = meter.createCounter('gatehouse.credentials.judgements', {
      unit: '{credential}',
      description:
        'Access tokens and API keys that were judged: accepted, refused, or the code of the problem.',
    });
    const recalls = meter.createObservableCounter('gatehouse.credentials.recalls', {
      unit: '{request}',
      description: 'Access tokens and API keys that the memory of the node knew.',
    });
    observations.add(() => this.recalled, [{ of: recalls, value: (count) => count }]);
  }

  /** What the node's memory knows of a session token; `undefined` where `session` must be asked. */
  recognizeSession(token: string): Principal | undefined {
    return this.sessions.recognize(token);
  }

  /** `null` for a token that is not (or no longer) good; throws `store_unavailable` where that cannot be said. */
  session(token: string): Promise<Principal | null> {
    return this.sessions.authenticate(token);
  }

  /** Whether a session goes on, without counting as a request of it. */
  holds(token: string): Promise<boolean> {
    return this.sessions.holds(token);
  }

  /** What the node's memory knows of an access token or an API key; `undefined` where `bearer` must be asked. */
  recognizeBearer(value: string): Principal | null | undefined {
    const known = this.bearers.recall(value, this.clock.milliseconds());
    if (known !== undefined) this.recalled += 1;
    return known;
  }

  /**
   * Whom an access token of AuthKit, a machine-to-machine token or an API key speaks for; `null` for one that is not good,
   * whatever the reason. Throws `upstream_unavailable` or `store_unavailable` where that cannot be said.
   */
  async bearer(value: string): Promise<Principal | null> {
    const kind = bearerKind(value);
    if (kind === null) return null;
    const now = this.clock.milliseconds();
    const known = this.bearers.recall(value, now);
    if (known !== undefined) return known;
    return this.bearers.judge(value, now, () => this.judge(value, kind));
  }

  private async judge(value: string, kind: BearerKind): Promise<Verdict> {
    const judge = kind === 'accessToken' ? this.tokens : this.keys;
    try {
      const verdict = await judge.judge(value);
      this.judgements.add(1, { credential: kind, outcome: verdict.principal ? 'accepted' : 'refused' });
      return verdict;
    } catch (error) {
      this.judgements.add(1, { credential: kind, outcome: codeOf(error) });
      throw error;
    }
  }
}
