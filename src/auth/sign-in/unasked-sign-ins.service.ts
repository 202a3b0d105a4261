import { Injectable } from '@nestjs/common';
import { within } from '../../common/deadline.js';
import { ProblemError } from '../../common/problem-error.js';
import { Config } from '../../config/config.js';
import { IdentityProvider, type ExchangeResult } from '../../identity/identity-provider.port.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { UPSTREAM_DEADLINE } from './sign-in-start.service.js';

/** A sign-in that began at the identity provider, and what its organization wants done with it. */
export type UnaskedSignIn =
  | { readonly handling: 'allow'; readonly result: ExchangeResult }
  | {
      readonly handling: 'restart';
      readonly organizationId: string | null;
      readonly connectionId: string | null;
    };

/**
 * Sign-ins that nobody here asked for: somebody's code, which may not be this browser's own. The operator's `deny` is final;
 * else the organization decides, and where it is silent the service's setting.
 */
@Injectable()
export class UnaskedSignIns {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly organizations: OrganizationsService,
    private readonly config: Config,
  ) {}

  /**
   * Redeems the code, since it alone names the organization. Where the sign-in starts again from here, all but where it
   * belongs to is thrown away.
   * @throws `idp_initiated_denied`, without an exchange where nobody may
   */
  async open(code: string): Promise<UnaskedSignIn> {
    this.refuseWhereNobodyMay();
    const step = async () => {
      const exchanged = await this.provider.exchange(code, null);
      const known = exchanged.kind === 'identity' ? exchanged.identity : NOWHERE;
      const { organizationId: id } = known;
      const organization = id === null ? null : await this.organizations.find(id);
      return { exchanged, known, handling: organization?.policy.idpInitiated ?? this.config.idpInitiated };
    };
    const { exchanged, known, handling } = await within(UPSTREAM_DEADLINE, step());
    if (handling === 'allow') return { handling, result: exchanged };
    if (exchanged.kind === 'identity') void this.provider.discard(exchanged.identity);
    if (handling === 'deny') throw new ProblemError('idp_initiated_denied');
    return { handling, organizationId: known.organizationId, connectionId: known.connectionId };
  }

  /** @throws `idp_initiated_denied` where nobody may, or the organization of this connection does not want it */
  async refuseThrough(connectionId: string): Promise<void> {
    this.refuseWhereNobodyMay();
    const organization = await this.organizations.organizationOfConnection(connectionId);
    if (organization?.policy.idpInitiated === 'deny') throw new ProblemError('idp_initiated_denied');
  }

  refuseWhereNobodyMay(): void {
    if (this.config.idpInitiated === 'deny') throw new ProblemError('idp_initiated_denied');
  }
}

const NOWHERE = { organizationId: null, connectionId: null } as const;
