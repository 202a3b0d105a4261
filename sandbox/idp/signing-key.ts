// The certificate library is built on decorators and reads their metadata when it is imported.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import { KEY_ALGORITHM, keyPair } from '../key-pair.js';

export interface SigningKey {
  /** PKCS #8, PEM. */
  privateKey: string;
  /** Self-signed X.509, PEM. */
  certificate: string;
}

const YEAR_MS = 365 * 24 * 3600 * 1000;

/** @param pem see `keyPair` */
export async function createSigningKey(now: Date, pem?: string): Promise<SigningKey> {
  const keys = await keyPair(pem);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8).toString('hex'),
    name: 'CN=Test Identity Provider, O=WorkOS sandbox',
    notBefore: new Date(now.getTime() - YEAR_MS),
    notAfter: new Date(now.getTime() + 4 * YEAR_MS),
    signingAlgorithm: KEY_ALGORITHM,
    keys,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = pkcs8.match(/.{1,64}/g) ?? [];
  return {
    privateKey: ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n'),
    certificate: `${certificate.toString('pem')}\n`,
  };
}
