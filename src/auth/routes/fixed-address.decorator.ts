import { Reflector } from '@nestjs/core';

/** Who goes to an address as it is written: browsers that are sent there, or the pages, where there are any. */
type Caller = 'browser' | 'page' | 'console';

/**
 * Says that an address is known outside as it is written: the service refuses to start where a global prefix, a version or
 * the path of a module moves it. Does not keep it in its place: that is for `exclude` of the prefix, and `VERSION_NEUTRAL`.
 *
 * - `browser`: what redirects and forms lead to
 * - `page`: the pages themselves
 * - `console`: what the pages ask; it may move where there are none
 *
 * @example
 * ```ts
 * @FixedAddress('browser')
 * @Controller({ path: 'auth', version: VERSION_NEUTRAL })
 * ```
 */
export const FixedAddress = Reflector.createDecorator<Caller>();
