import { createHash } from 'node:crypto';
import { oauthError } from './api-error.js';
import type { CodeGrant } from './model.js';
import { single } from './parameters.js';
import type { Sandbox } from './sandbox.js';

const INVALID_CLIENT = ['invalid_client', 'Invalid client ID or secret.'] as const;

/** Checks the client. A public one has no secret: it is let through for a code that PKCE protects, and for nothing else. */
export function checkClient(sandbox: Sandbox, body: unknown): void {
  const { clientId, apiKey } = sandbox.state;
  const secret = single(body, 'client_secret');
  const isPublic =
    secret === undefined &&
    single(body, 'grant_type') === 'authorization_code' &&
    single(body, 'code_verifier') !== undefined;
  if (single(body, 'client_id') !== clientId || (secret !== apiKey && !isPublic)) {
    throw oauthError(...INVALID_CLIENT);
  }
}

/** Spends a code: whoever presents it first, with whatever verifier, has used it up. */
export function redeemCode(sandbox: Sandbox, body: unknown): CodeGrant['subject'] {
  const code = single(body, 'code');
  if (code === undefined) throw oauthError('invalid_request', 'The code parameter is missing.');
  const grant = sandbox.state.codes.get(code);
  sandbox.state.codes.delete(code);
  if (!grant || sandbox.clock.isPast(grant.expiresAt)) {
    throw oauthError('invalid_grant', `The code '${code}' has expired or is invalid.`);
  }
  const verifier = single(body, 'code_verifier');
  if (grant.codeChallenge === null) {
    // RFC 9700 section 4.8.2: a verifier without a challenge is a downgraded request.
    if (verifier !== undefined)
      throw oauthError('invalid_grant', 'The code was issued without a code challenge.');
    return grant.subject;
  }
  const challenge = createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');
  if (verifier === undefined || challenge !== grant.codeChallenge) {
    throw oauthError('invalid_grant', 'The code verifier does not match the code challenge.');
  }
  return grant.subject;
}
