import { SandboxClock } from './clock.js';
import { Faults } from './faults.js';
import { TestIdp } from './idp/test-idp.js';
import type { SigningKeys } from './keys.js';
import type { Connection } from './model.js';
import { AdminPortal } from './portal/admin-portal.js';
import type { RecordIds } from './record-ids.js';
import { RequestLog } from './request-log.js';
import { SamlServiceProvider, type SamlConnection } from './saml/service-provider.js';
import type { ReadSeed } from './seed.js';
import { peopleAt } from './people-at-idp.js';
import { SandboxState } from './state.js';
import { Webhooks } from './webhooks/webhooks.js';

/** The parts of the running sandbox that every route needs. */
export class Sandbox {
  /** Known once the server listens. */
  url = '';
  readonly clock = new SandboxClock();
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  readonly state: SandboxState;
  readonly webhooks: Webhooks;
  readonly portal = new AdminPortal(this.clock);
  readonly saml: SamlServiceProvider;
  readonly idp: TestIdp;

  constructor(
    seed: ReadSeed,
    readonly appUrl: string,
    readonly keys: SigningKeys,
    ids: RecordIds,
    privateKey?: string,
  ) {
    this.state = new SandboxState(seed, appUrl, this.clock, ids);
    this.webhooks = new Webhooks(this.clock, seed.client_id);
    this.state.log.onRecord((event) => this.webhooks.dispatch(event));
    this.saml = new SamlServiceProvider(this.clock.now);
    this.idp = new TestIdp({
      baseUrl: () => this.url,
      now: this.clock.now,
      privateKey,
      connection: (id) => {
        const connection = this.state.connection(id);
        if (!connection) return null;
        const organizationName = this.state.organization(connection.organizationId)?.name ?? connection.name;
        const applicationUrl = this.signInUrl(connection.organizationId);
        const people = peopleAt(this.state, connection);
        return { id, ...this.serviceProvider(id), organizationName, people, applicationUrl };
      },
    });
  }

  /** Where the application under development starts a sign-in for an organization. */
  signInUrl(organizationId: string): string {
    return `${this.appUrl}/auth/login?organization=${encodeURIComponent(organizationId)}`;
  }

  /** What an administrator enters at the identity provider. */
  serviceProvider(connectionId: string): { acsUrl: string; entityId: string } {
    return {
      acsUrl: `${this.url}/sso/saml/acs/${connectionId}`,
      entityId: `${this.url}/sso/saml/metadata/${connectionId}`,
    };
  }

  async samlConnection(connection: Connection): Promise<SamlConnection> {
    const idp = connection.idp === 'test-idp' ? await this.idp.metadata(connection.id) : connection.idp;
    return { id: connection.id, ...this.serviceProvider(connection.id), idp };
  }
}
