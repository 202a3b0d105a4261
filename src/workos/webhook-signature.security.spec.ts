import { describe, expect, it } from '@jest/globals';
import { createHmac, randomBytes } from 'node:crypto';
import { WorkOS } from '@workos-inc/node';
import { judgeSignature } from './webhook-signature.js';

const SECRET = `whsec_${randomBytes(24).toString('hex')}`;
const OTHER = `whsec_${randomBytes(24).toString('hex')}`;
const BODY = Buffer.from('{"id":"event_1","data":{"b":1,"a":"\\u00e9"}}');
const NOW = new Date('2026-03-01T12:00:00Z');
const time = NOW.getTime();

const hmac = (secret: string, at: number | string = time, body: Buffer = BODY) =>
  createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex');
const header = (at: number | string = time, secret = SECRET) => `t=${at}, v1=${hmac(secret, at)}`;
const judge = (given: string | undefined, secrets = [SECRET], body = BODY) =>
  judgeSignature(body, given, secrets, NOW);

describe('the signature of a webhook', () => {
  it("is genuine where one of our secrets made it over these bytes, as the SDK's own does", async () => {
    expect(judge(header())).toBe('genuine');
    expect(judge(header().replace(', ', ','))).toBe('genuine');
    const { webhooks } = new WorkOS('sk_test_of_a_signature');
    const sdk = await webhooks.computeSignature(time, BODY.toString(), SECRET);
    expect(judge(`t=${time}, v1=${sdk}`)).toBe('genuine');
  });

  it('holds with the old and with the new secret while both are known, and with no other', () => {
    expect(judge(header(time, OTHER), [SECRET, OTHER])).toBe('genuine');
    expect(judge(header(time, SECRET), [SECRET, OTHER])).toBe('genuine');
    expect(judge(header(time, OTHER), [SECRET])).toBe('invalid_signature');
    expect(judge(header(), [])).toBe('invalid_signature');
  });

  it.each([180_000, -180_000, 0])('holds %d ms from its time', (away) => {
    expect(judge(header(time + away))).toBe('genuine');
  });

  it.each([180_001, -180_001, 86_400_000, -86_400_000, -time])('is stale %d ms from its time', (away) => {
    expect(judge(header(time + away))).toBe('stale_timestamp');
  });

  it('does not say that a time is stale unless it was signed', () => {
    expect(judge(header(time - 500_000, OTHER))).toBe('invalid_signature');
  });

  it.each<[string, string | undefined]>([
    ['none', undefined],
    ['an empty one', ''],
    ['a time alone', `t=${time}`],
    ['a hash alone', `v1=${hmac(SECRET)}`],
    ['the parts in the other order', `v1=${hmac(SECRET)}, t=${time}`],
    ['a signed time that is no number', header('abc')],
    ['a signed time that is empty', header('')],
    ['a signed negative time', header(-time)],
    ['a signed time with a fraction', header(`${time}.5`)],
    ['a signed time with an exponent', header('1e12')],
    ['a signed hexadecimal time', header('0x18e')],
    ['a signed time of sixteen digits', header('1'.repeat(16))],
    ['a signed time in other digits', header('١٧٧٢٣٦٦٤٠٠٠٠٠')],
    ['a hash in capitals', header().toUpperCase().replace('T=', 't=').replace('V1=', 'v1=')],
    ['half a hash', header().slice(0, -32)],
    ['a hash and one digit more', `${header()}0`],
    ['a hash that is not hexadecimal', `t=${time}, v1=${'g'.repeat(64)}`],
    ['a hash in base64', `t=${time}, v1=${Buffer.from(hmac(SECRET), 'hex').toString('base64')}`],
    ['another scheme', header().replace('v1', 'v0')],
    ['a second hash behind', `${header()}, v1=${hmac(SECRET)}`],
    ['a wrong hash before', `t=${time}, v1=${'0'.repeat(64)}, v1=${hmac(SECRET)}`],
    ['a second time', `t=${time}, ${header()}`],
    ['two headers', `${header()}, ${header()}`],
    ['a line more', `${header()}\n`],
    ['spaces around', ` ${header()} `],
    ['more than a header', `${header()}${' '.repeat(100_000)}`],
    ['the hash of another time', `t=${time + 1}, v1=${hmac(SECRET)}`],
    [
      'the hash of the body without a time',
      `t=${time}, v1=${createHmac('sha256', SECRET).update(BODY).digest('hex')}`,
    ],
    ['the hash of an empty secret', `t=${time}, v1=${hmac('')}`],
    ['an unkeyed hash of nothing', `t=${time}, v1=${'0'.repeat(64)}`],
  ])('is refused with %s', (_name, forged) => {
    expect(judge(forged, [SECRET, OTHER])).toBe('invalid_signature');
  });

  it('is over the bytes: the same JSON in other words is another body', () => {
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    expect(rewritten.equals(BODY)).toBe(false);
    expect(judge(header(), [SECRET], rewritten)).toBe('invalid_signature');
    expect(judge(header(), [SECRET], Buffer.concat([BODY, Buffer.from(' ')]))).toBe('invalid_signature');
    expect(judge(header(), [SECRET], Buffer.alloc(0))).toBe('invalid_signature');
  });

  it('is refused with any one bit of its hash turned', () => {
    const bytes = Buffer.from(hmac(SECRET), 'hex');
    const verdicts = Array.from({ length: 256 }, (_, bit) => {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return judge(`t=${time}, v1=${turned.toString('hex')}`);
    });
    expect(new Set(verdicts)).toEqual(new Set(['invalid_signature']));
  });
});
