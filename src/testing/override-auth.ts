import type { TestingModuleBuilder } from '@nestjs/testing';
import { CredentialReader } from '../auth/credentials/passport.provider.js';
import type { Principal } from '../identity/principal.js';

/**
 * For a testing module of your own that imports `AuthModule.forRoot`: every request is this caller's, or, with `null`, nobody's. What
 * they may do is decided as ever.
 *
 * @example
 * ```ts
 * const caller = userPrincipal({ organization: 'org_acme', permissions: ['invoices:read'] });
 * await overrideAuth(Test.createTestingModule({ imports: [AppModule] }), caller).compile();
 * ```
 */
export function overrideAuth(builder: TestingModuleBuilder, caller: Principal | null): TestingModuleBuilder {
  return builder.overrideProvider(CredentialReader).useValue(new OneCaller(caller));
}

class OneCaller extends CredentialReader {
  constructor(private readonly caller: Principal | null) {
    super();
  }

  recognize(): Principal | null {
    return this.caller;
  }

  async read(): Promise<Principal | null> {
    return this.caller;
  }
}
