import { Injectable } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { ProblemError } from '../../common/problem-error.js';
import type { Principal } from '../../identity/principal.js';
import { principalOf, setPrincipal } from './request-principal.js';

/**
 * Who the work at hand is done for, where no decorator reaches: in services, and in jobs. Does not check anything: before
 * the guard has let a request in, and on a `@Public()` route, there is nobody.
 *
 * @example
 * ```ts
 * constructor(private readonly context: PrincipalContext) {}
 *
 * async archive(id: string) {
 *   const { organization } = this.context.require();
 * }
 * ```
 */
@Injectable()
export class PrincipalContext {
  /** What carries the principal, not the principal: it is there before anybody knows who calls. */
  private readonly carriers = new AsyncLocalStorage<object>();

  current(): Principal | null {
    const carrier = this.carriers.getStore();
    return carrier === undefined ? null : principalOf(carrier);
  }

  /** @throws `unauthenticated` where there is nobody */
  require(): Principal {
    const principal = this.current();
    if (!principal) throw new ProblemError('unauthenticated');
    return principal;
  }

  /** Does a job for somebody, whoever asked for it. What it starts and does not wait for is theirs as well. */
  run<Result>(principal: Principal, work: () => Result): Result {
    const carrier = {};
    setPrincipal(carrier, principal);
    return this.carriers.run(carrier, work);
  }

  /** Brings in a call, whose principal the guard will put on `carrier`. */
  enter<Result>(carrier: object, work: () => Result): Result {
    return this.carriers.run(carrier, work);
  }
}
