import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import { exportJWK, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { KEY_ALGORITHM, keyPair } from './key-pair.js';

interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  jwk: Record<string, unknown>;
}

const YEAR = 365 * 24 * 3600 * 1000;

async function createKey(pem?: string): Promise<SigningKey> {
  const keys = await keyPair(pem);
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=WorkOS sandbox',
    keys,
    notBefore: new Date(now - YEAR),
    notAfter: new Date(now + 10 * YEAR),
    signingAlgorithm: KEY_ALGORITHM,
  });
  const der = Buffer.from(certificate.rawData);
  const { n, e } = await exportJWK(keys.publicKey);
  const thumbprint = createHash('sha256').update(der).digest('base64url');
  const kid = `sso_oidc_key_pair_${thumbprint.slice(0, 20)}`;
  const x5c = [der.toString('base64')];
  const jwk = { alg: 'RS256', kty: 'RSA', use: 'sig', x5c, n, e, kid, 'x5t#S256': thumbprint };
  return { kid, privateKey: keys.privateKey, jwk };
}

/** The keys that sign access tokens; the newest signs, older ones stay published until they are retired. */
export class SigningKeys {
  private constructor(private keys: [SigningKey, ...SigningKey[]]) {}

  /** @param pem see `keyPair` */
  static async create(pem?: string): Promise<SigningKeys> {
    return new SigningKeys([await createKey(pem)]);
  }

  get kids(): string[] {
    return this.keys.map(({ kid }) => kid);
  }

  async rotate(options: { retireOthers: boolean }): Promise<void> {
    const next = await createKey();
    this.keys = options.retireOthers ? [next] : [next, ...this.keys];
  }

  jwks(): { keys: Record<string, unknown>[] } {
    return { keys: this.keys.map(({ jwk }) => jwk) };
  }

  sign(payload: JWTPayload): Promise<string> {
    const [{ kid, privateKey }] = this.keys;
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(privateKey);
  }
}
