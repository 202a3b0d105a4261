import { ApiError, oauthError } from '../api-error.js';
import { single } from '../parameters.js';

export interface ClientCredentials {
  id: string;
  secret: string;
}

export function invalidClient(): ApiError {
  const body = { error: 'invalid_client', error_description: 'Invalid client ID or secret.' };
  return new ApiError(401, body, { 'WWW-Authenticate': 'Basic realm="sandbox"' });
}

/** Who calls the token endpoint: from the header or from the body, never from both (RFC 6749 section 2.3). */
export function clientCredentials(authorization: string | undefined, body: unknown): ClientCredentials {
  const id = single(body, 'client_id');
  const secret = single(body, 'client_secret');
  if (authorization === undefined) {
    if (id === undefined || secret === undefined) throw invalidClient();
    return { id, secret };
  }
  const basic = fromHeader(authorization);
  if (secret !== undefined || (id !== undefined && id !== basic.id)) {
    throw oauthError('invalid_request', 'Send the credentials in the header or in the body, not in both.');
  }
  return basic;
}

/** Both halves are form-encoded inside the header (RFC 6749 section 2.3.1). */
function fromHeader(authorization: string): ClientCredentials {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1] ?? '';
  const parts = /^([^:]+):(.+)$/.exec(Buffer.from(encoded, 'base64').toString('utf8'));
  if (!parts) throw invalidClient();
  try {
    const [id = '', secret = ''] = parts
      .slice(1)
      .map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
    return { id, secret };
  } catch (error) {
    if (error instanceof URIError) throw invalidClient();
    throw error;
  }
}
