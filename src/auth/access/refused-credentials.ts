import type { Request } from 'express';
import type { IncomingMessage } from 'node:http';
import type { AuditLog } from '../../audit/audit-log.service.js';
import { ProblemError } from '../../common/problem-error.js';
import { requestOrigin } from '../../common/request-origin.js';
import type { CredentialReader } from '../credentials/passport.provider.js';

/** Records that a credential was not taken. Nobody is refused who showed none, and a fault of ours refuses nobody. */
export async function recordRefused(
  error: unknown,
  credentials: CredentialReader,
  audit: Pick<AuditLog, 'recordStranger'>,
  request: IncomingMessage,
): Promise<void> {
  if (!(error instanceof ProblemError) || error.status >= 500 || !credentials.isShown(request)) return;
  const event = { action: 'access.refused', reason: error.code } as const;
  await audit.recordStranger(event, requestOrigin(request as Request));
}
