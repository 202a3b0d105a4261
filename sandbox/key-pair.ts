import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';

export const KEY_ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

/**
 * What signs, made anew for each process: no private key of the sandbox lies in a file.
 * @param pem a private key (PKCS #8) to take instead: whoever starts many sandboxes need not wait for as many keys
 */
export async function keyPair(pem?: string): Promise<webcrypto.CryptoKeyPair> {
  if (pem === undefined) return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const key = createPrivateKey(pem);
  return {
    privateKey: key.toCryptoKey(KEY_ALGORITHM, true, ['sign']),
    publicKey: createPublicKey(key).toCryptoKey(KEY_ALGORITHM, true, ['verify']),
  };
}
