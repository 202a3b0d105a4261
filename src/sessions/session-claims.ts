import { Injectable, Logger } from '@nestjs/common';
import type { ExternalIdentity } from '../identity/identity-provider.port.js';
import type { SessionRecord } from './session-record.js';

/** What a person may do in a session. */
export interface Claims {
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** Looks again at a session that was just stored, by a sign-in that began then. */
export type Recheck = (record: SessionRecord, startedAt: Date) => Promise<void>;

/** Makes the claims of a session from what WorkOS says of its person. */
export type ClaimsRule = (userId: string, identity: ExternalIdentity, known: Claims) => Promise<Claims>;

/**
 * The claims that a renewal gives a session. By itself they are WorkOS's; whoever knows more of the organization, above
 * this folder, brings the rule by which they grow.
 */
@Injectable()
export class SessionClaims {
  private readonly logger = new Logger('Sessions');
  private rule: ClaimsRule = async (_userId, { roles, permissions }, known) => ({
    roles,
    permissions: permissions ?? known.permissions,
  });

  private again: Recheck = async () => undefined;

  use(rule: ClaimsRule): void {
    this.rule = rule;
  }

  recheckWith(recheck: Recheck): void {
    this.again = recheck;
  }

  /** After the insertion: claims that changed between their reading and it are met by no walk. */
  recheck(record: SessionRecord, startedAt: Date): Promise<void> {
    return this.again(record, startedAt);
  }

  /** Never throws: tokens that were just given must be stored. The session keeps the claims that it has, until the next time. */
  async of(record: SessionRecord, identity: ExternalIdentity): Promise<Claims> {
    const { roles, permissions } = record;
    try {
      return await this.rule(record.user.id, identity, { roles, permissions });
    } catch (error) {
      this.logger.warn({ err: error, sessionId: record.id }, 'a session keeps its claims for now');
      return { roles, permissions };
    }
  }
}
