import { Injectable } from '@nestjs/common';
import { InvalidationBus } from '../../bus/invalidation-bus.port.js';
import { Clock } from '../../common/clock.js';
import type { Principal } from '../../identity/principal.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { AccessTokenJudge } from './access-token.judge.js';
import { ApiKeyJudge } from './api-key.judge.js';
import { bearerKind } from './bearer.js';
import { CredentialCache } from './credential-cache.js';

/** Turns credentials into a principal. The strategies only fetch what it is given. */
@Injectable()
export class Authenticator {
  private readonly bearers: CredentialCache;

  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: AccessTokenJudge,
    private readonly keys: ApiKeyJudge,
    private readonly clock: Clock,
    bus: InvalidationBus,
  ) {
    this.bearers = new CredentialCache(() => bus.isUp());
    bus.subscribe(this.bearers);
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
    return this.bearers.recall(value, this.clock.milliseconds());
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
    const judge = kind === 'accessToken' ? this.tokens : this.keys;
    return this.bearers.judge(value, now, () => judge.judge(value));
  }
}
