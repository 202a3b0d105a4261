import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';

interface DerivedKey {
  readonly id: string;
  readonly encryption: Uint8Array;
  readonly signing: Uint8Array;
}

/**
 * The session keys, newest first: the newest writes, all of them read, so that a rotation signs nobody out.
 * Each purpose has keys of its own (HKDF, RFC 5869): what was sealed as one thing never opens as another.
 */
export class KeyRing {
  private readonly purposes = new Map<string, DerivedKey[]>();

  constructor(private readonly keys: readonly Uint8Array[]) {}

  /** Encrypts (AES-256-GCM, JWE compact, RFC 7516). The result is safe in a cookie and in a column. */
  async seal(purpose: string, text: string): Promise<string> {
    const [newest] = this.keysOf(purpose);
    if (!newest) throw new Error('The key ring is empty.');
    return new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: newest.id })
      .encrypt(newest.encryption);
  }

  /** The text that was sealed for this purpose, or `null` for whatever else: every fault looks the same. */
  async unseal(purpose: string, sealed: string): Promise<string | null> {
    if (!sealed.split('.').every(isCanonical)) return null;
    try {
      const { plaintext } = await compactDecrypt(
        sealed,
        (header) => {
          const key = this.keysOf(purpose).find(({ id }) => id === header.kid);
          if (!key) throw new errors.JWEDecryptionFailed();
          return key.encryption;
        },
        { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
      );
      return Buffer.from(plaintext).toString();
    } catch (error) {
      // jose reports every malformed or foreign value by its own errors; anything else is a fault of ours.
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
      throw error;
    }
  }

  sign(purpose: string, text: string): string {
    const [newest] = this.keysOf(purpose);
    if (!newest) throw new Error('The key ring is empty.');
    return mac(newest.signing, text).toString('base64url');
  }

  verify(purpose: string, text: string, signature: string): boolean {
    if (!isCanonical(signature)) return false;
    const given = Buffer.from(signature, 'base64url');
    return this.keysOf(purpose).some(({ signing }) => {
      const expected = mac(signing, text);
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
  }

  private keysOf(purpose: string): DerivedKey[] {
    const known = this.purposes.get(purpose);
    if (known) return known;
    const derived = this.keys.map((key) => {
      const encryption = derive(key, `gatehouse ${purpose} encryption`);
      return {
        id: createHash('sha256').update(encryption).digest('base64url').slice(0, 8),
        encryption,
        signing: derive(key, `gatehouse ${purpose} signing`),
      };
    });
    this.purposes.set(purpose, derived);
    return derived;
  }
}

/** base64url has spare bits at its end: without this one token could be written in several ways (RFC 4648, section 3.5). */
function isCanonical(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

function derive(key: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), info, 32));
}

function mac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
