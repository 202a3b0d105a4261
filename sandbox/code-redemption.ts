import { createHash } from 'node:crypto';
import { oauthError } from './api-error.js';
import type { CodeGrant } from './model.js';
import { single } from './parameters.js';
import type { Sandbox } from './sandbox.js';

export function checkClient(sandbox: Sandbox, body: unknown): void {
  const { clientId, apiKey } = sandbox.state;
  if (single(body, 'client_id') !== clientId || single(body, 'client_secret') !== apiKey) {
    throw oauthError('invalid_client', 'Invalid client ID or secret.');
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
