import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import type { AuditEvent } from '../../audit/audit-event.js';
import { ProblemError } from '../../common/problem-error.js';
import { CredentialReader } from '../credentials/passport.provider.js';
import { recordRefused } from './refused-credentials.js';

class NoReader extends CredentialReader {
  recognize(): null {
    return null;
  }

  async read(): Promise<null> {
    return null;
  }
}

describe('a credential that was not taken', () => {
  const refused = async (error: unknown, authorization?: string): Promise<AuditEvent[]> => {
    const recorded: AuditEvent[] = [];
    const audit = { recordStranger: async (event: AuditEvent) => void recorded.push(event) };
    const request = { headers: { authorization } } as IncomingMessage;
    await recordRefused(error, new NoReader(), audit, request);
    return recorded;
  };

  it('is on record, and not whose it might have been', async () => {
    expect(await refused(new ProblemError('unauthenticated'), 'Bearer sk_of_nobody')).toEqual([
      { action: 'access.refused', reason: 'unauthenticated' },
    ]);
  });

  it.each<[string, unknown, string | undefined]>([
    ['nothing was shown', new ProblemError('unauthenticated'), undefined],
    ["what was shown is a proxy's", new ProblemError('unauthenticated'), 'Basic YTpi'],
    ['it could not be said', new ProblemError('store_unavailable'), 'Bearer sk_of_nobody'],
    ['it was a fault of ours', new TypeError('a bug'), 'Bearer sk_of_nobody'],
  ])('is none where %s', async (_why, error, authorization) => {
    expect(await refused(error, authorization)).toEqual([]);
  });
});
