import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SystemRandom } from '../../common/random.js';
import { KeyRing } from '../../crypto/key-ring.js';
import {
  codeChallenge,
  newState,
  readState,
  sealPending,
  unsealPending,
  type PendingSignIn,
} from './pending-sign-in.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const MINUTES = 60_000;
const random = new SystemRandom();
const [oldKey, newKey, foreignKey] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const keys = new KeyRing([oldKey]);
const rotated = new KeyRing([newKey, oldKey]);
const foreign = new KeyRing([foreignKey]);

const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);

function pending(state: string): PendingSignIn {
  return {
    state,
    codeVerifier: random.secret(),
    returnTo: 'https://app.acme.com/reports?q=1',
    organizationId: 'org_01HGATEH0VSEACME0000000001',
    connectionId: 'conn_01HGATEH0VSEACME0000000001',
    withoutOrganization: false,
    idpInitiated: false,
    reauthenticate: false,
  };
}

/** Another character of the same alphabet at this place. */
function changed(text: string, index: number): string {
  const from = text.charAt(index);
  return text.slice(0, index) + (from === 'a' ? 'b' : 'a') + text.slice(index + 1);
}

describe('the state of a sign-in', () => {
  it('is read back by whoever made it, and names its cookie', () => {
    const state = newState(keys, random, NOW);
    expect(readState(state, keys, NOW)).toEqual({
      kind: 'valid',
      flowId: state.slice(0, 8),
      startedAt: NOW.getTime(),
    });
    expect(state).not.toBe(newState(keys, random, NOW));
  });

  it('lives for ten minutes and not a millisecond more', () => {
    const state = newState(keys, random, NOW);
    expect(readState(state, keys, later(10 * MINUTES - 1)).kind).toBe('valid');
    expect(readState(state, keys, later(10 * MINUTES))).toEqual({
      kind: 'expired',
      flowId: state.slice(0, 8),
    });
    expect(readState(state, keys, later(365 * 24 * 60 * MINUTES)).kind).toBe('expired');
  });

  it('is refused when any one character of it was changed', () => {
    const state = newState(keys, random, NOW);
    for (let index = 0; index < state.length; index++) {
      expect([index, readState(changed(state, index), keys, NOW).kind]).toEqual([index, 'invalid']);
    }
  });

  it('has one spelling: no other last character means the same signature', () => {
    const state = newState(keys, random, NOW);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const valid = [...alphabet].filter(
      (last) => readState(state.slice(0, -1) + last, keys, NOW).kind === 'valid',
    );
    expect(valid).toEqual([state.at(-1)]);
  });

  it('cannot be made young again', () => {
    const [flowId, , secret, signature] = newState(keys, random, NOW).split('.');
    const at = later(30 * MINUTES);
    const forged = [flowId, at.getTime().toString(36), secret, signature].join('.');
    expect(readState(forged, keys, at).kind).toBe('invalid');
  });

  it('is refused by other keys, and read on after a rotation', () => {
    const state = newState(keys, random, NOW);
    expect(readState(state, foreign, NOW).kind).toBe('invalid');
    expect(readState(state, rotated, NOW).kind).toBe('valid');
    expect(readState(newState(rotated, random, NOW), keys, NOW).kind).toBe('invalid');
  });

  it('is not believed when something else was signed with the same key', () => {
    const state = newState(keys, random, NOW);
    const body = state.slice(0, state.lastIndexOf('.'));
    expect(readState(`${body}.${keys.sign('other', body)}`, keys, NOW).kind).toBe('invalid');
  });

  const malformed = ['', '.', '...', 'null', '[object Object]', '__proto__', '%00', 'a'.repeat(113)];
  const decorated = [' %', '% ', '%\n', '%.', '%%', '%=', '.%'];
  it.each(malformed.map((value) => [value]))('is refused where it is %j', (value) => {
    expect(readState(value, keys, NOW)).toEqual({ kind: 'invalid' });
  });
  it.each(decorated.map((value) => [value]))('is refused where it stands for %% in %j', (value) => {
    const state = newState(keys, random, NOW);
    expect(readState(value.replaceAll('%', state), keys, NOW)).toEqual({ kind: 'invalid' });
  });
});

describe('the cookie of a sign-in', () => {
  it('opens for its own state, also after a rotation of the keys', async () => {
    const state = newState(keys, random, NOW);
    const sealed = await sealPending(pending(state), keys);
    for (const ring of [keys, rotated]) {
      expect(await unsealPending(sealed, state, ring)).toMatchObject({ state, idpInitiated: false });
    }
  });

  it('does not open for the state of another sign-in', async () => {
    const sealed = await sealPending(pending(newState(keys, random, NOW)), keys);
    expect(await unsealPending(sealed, newState(keys, random, NOW), keys)).toBeNull();
    expect(await unsealPending(sealed, '', keys)).toBeNull();
  });

  it('does not open with other keys', async () => {
    const state = newState(keys, random, NOW);
    const sealed = await sealPending(pending(state), keys);
    expect(await unsealPending(sealed, state, foreign)).toBeNull();
    expect(await unsealPending(sealed, state, new KeyRing([newKey]))).toBeNull();
  });

  it('does not open where the same content was sealed for another purpose', async () => {
    const state = newState(keys, random, NOW);
    const sealed = await keys.seal('refresh-token', JSON.stringify(pending(state)));
    expect(await unsealPending(sealed, state, keys)).toBeNull();
  });

  it.each(['null', '[]', '"text"', '{}', '{"state":"x"}'])(
    'is refused, not a failure of ours, where it holds %s, as of another version of the service',
    async (text) => {
      expect(await unsealPending(await keys.seal('sign-in', text), 'x', keys)).toBeNull();
    },
  );

  it('shows nothing of what it holds, and fits into one cookie with the longest address', async () => {
    const state = newState(keys, random, NOW);
    const longest = { ...pending(state), returnTo: `https://app.acme.com/${'a'.repeat(2027)}` };
    const sealed = await sealPending(longest, keys);
    const seen = Buffer.from(sealed.replaceAll('.', ''), 'base64url').toString('latin1');
    expect(seen).not.toContain(longest.codeVerifier);
    expect(sealed).not.toContain(longest.codeVerifier);
    expect(`__Host-login-${state.slice(0, 8)}=${sealed}`.length).toBeLessThan(4096);
  });
});

describe('the code challenge', () => {
  it('is the one of RFC 7636, appendix B', () => {
    expect(codeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });
});
