import { beforeAll, describe, expect, it } from '@jest/globals';
import { SignedXml } from 'xml-crypto';
import {
  type AssertionOptions,
  encodeResponse,
  errorResponseXml,
  responseXml,
  type SignedParts,
  signResponse,
} from '../idp/assertion.js';
import type { SigningKey } from '../idp/signing-key.js';
import {
  assertionOptions,
  connectionWith,
  NOW,
  REQUEST_ID,
  signedResponse,
  signingKeys,
} from './service-provider.factory.js';
import { SamlServiceProvider } from './service-provider.js';

let key: SigningKey;
let foreignKey: SigningKey;
beforeAll(async () => {
  ({ key, foreignKey } = await signingKeys());
});

const MINUTE = 60_000;
const at = (offset: number) => new Date(NOW.getTime() + offset);
const signed = (overrides: Partial<AssertionOptions> = {}, parts: SignedParts = 'both', signer = key) =>
  signResponse(responseXml(assertionOptions(overrides)), signer, parts);
const finish = (xml: string, expected: string | null = REQUEST_ID, now = NOW) =>
  new SamlServiceProvider(() => now).finishSignIn(connectionWith(key), encodeResponse(xml), expected);
const refused = (code: string) => expect.objectContaining({ name: 'SamlProblem', code });

describe('signatures', () => {
  it('refuses a response that nobody signed', async () => {
    await expect(finish(signed({}, 'none'))).rejects.toEqual(refused('signature'));
  });

  it.each(['both', 'assertion', 'response'] as const)(
    'refuses a key that is not in the metadata (%s signed)',
    async (parts) => {
      await expect(finish(signed({}, parts, foreignKey))).rejects.toEqual(refused('signature'));
    },
  );

  it.each(['both', 'assertion', 'response'] as const)(
    'refuses a changed e-mail (%s signed)',
    async (parts) => {
      const tampered = signed({}, parts).replaceAll('ada@acme.com', 'eve@acme.com');
      await expect(finish(tampered)).rejects.toEqual(refused('signature'));
    },
  );

  it.each(['response', 'assertion'] as const)(
    'refuses when only the %s is signed with the right key',
    async (honest) => {
      const keyFor = (part: 'response' | 'assertion') => (part === honest ? key : foreignKey);
      const xml = signed({}, 'assertion', keyFor('assertion'));
      await expect(finish(signResponse(xml, keyFor('response'), 'response'))).rejects.toEqual(
        refused('signature'),
      );
    },
  );

  it('refuses a certificate that the response brings along itself', async () => {
    const xml = signed({}, 'both', foreignKey);
    expect(xml).toContain('X509Certificate');
    await expect(finish(xml)).rejects.toEqual(refused('signature'));
  });

  it('refuses SHA-1, and says what to choose', async () => {
    const signature = new SignedXml({
      privateKey: key.privateKey,
      signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
      canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
    });
    signature.addReference({
      xpath: '/*',
      digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1',
      transforms: [
        'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
        'http://www.w3.org/2001/10/xml-exc-c14n#',
      ],
    });
    signature.computeSignature(responseXml(assertionOptions()));
    await expect(finish(signature.getSignedXml())).rejects.toMatchObject({
      code: 'signature',
      detail: expect.stringContaining('RSA-SHA256'),
    });
  });

  it('refuses a signature value that is cut off', async () => {
    const cut = signed({}, 'assertion').replace(/<ds:SignatureValue>[^<]+/, '<ds:SignatureValue>');
    await expect(finish(cut)).rejects.toEqual(refused('signature'));
  });
});

describe('signature wrapping', () => {
  const assertionOf = (xml: string) => /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
  const forgedFrom = (assertion: string) =>
    assertion
      .replace(/<ds:Signature .*<\/ds:Signature>/s, '')
      .replace(/ID="[^"]+"/, 'ID="_forged"')
      .replaceAll('ada@acme.com', 'eve@acme.com');

  const WRAPPINGS: [string, (honest: string, forged: string) => string][] = [
    ['a forged assertion before the signed one', (honest, forged) => forged + honest],
    ['a forged assertion after the signed one', (honest, forged) => honest + forged],
    [
      'the signed one inside extensions',
      (honest, forged) => `<samlp:Extensions>${honest}</samlp:Extensions>${forged}`,
    ],
    [
      'the signed one inside the forged one',
      (honest, forged) =>
        forged.replace('</saml:Assertion>', `<saml:Advice>${honest}</saml:Advice></saml:Assertion>`),
    ],
    [
      'the signature moved to the forged one, which holds the signed one as an object',
      (honest, forged) => {
        const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(honest)?.[0] ?? '';
        const object = `<ds:Object>${honest.replace(signature, '')}</ds:Object></ds:Signature>`;
        return forged.replace(
          '</saml:Issuer>',
          `</saml:Issuer>${signature.replace('</ds:Signature>', object)}`,
        );
      },
    ],
    [
      'another element under the ID of the signed one',
      (honest) => {
        const id = /ID="([^"]+)"/.exec(honest)?.[1] ?? '';
        return `<samlp:Extensions><x ID="${id}"/></samlp:Extensions>${honest}`;
      },
    ],
  ];

  it.each(WRAPPINGS)('refuses %s', async (_case, wrap) => {
    const xml = signed({}, 'assertion');
    const honest = assertionOf(xml);
    await expect(finish(xml)).resolves.toMatchObject({ email: 'ada@acme.com' });
    await expect(finish(xml.replace(honest, () => wrap(honest, forgedFrom(honest))))).rejects.toEqual(
      refused('signature'),
    );
  });

  it('reads a name across a comment, so that a comment cannot shorten it', async () => {
    const xml = signed({
      attributes: { ...assertionOptions().attributes, email: 'ada@acme.com.evil.example' },
    });
    const commented = xml.replace('ada@acme.com.evil', 'ada@acme.com<!-- -->.evil');
    await expect(finish(commented)).resolves.toMatchObject({ email: 'ada@acme.com.evil.example' });
  });
});

describe('for whom and from whom', () => {
  it.each([
    ['audience', { audience: 'https://sp.example/conn_globex' }],
    ['destination', { destination: 'https://evil.example/acs', recipient: connectionWith().acsUrl }],
    ['destination', { recipient: 'https://evil.example/acs' }],
    ['issuer', { issuer: 'https://idp.example/globex' }],
  ])('refuses a wrong %s %j', async (code, overrides) => {
    await expect(finish(signed(overrides))).rejects.toEqual(refused(code));
  });

  it('refuses a wrong issuer in the assertion where the Response names none', async () => {
    const xml = responseXml(assertionOptions({ issuer: 'https://idp.example/globex' }));
    const anonymous = signResponse(xml, key, 'assertion').replace(/<saml:Issuer>[^<]+<\/saml:Issuer>/, '');
    await expect(finish(anonymous)).rejects.toEqual(refused('issuer'));
  });

  it('refuses an unsigned envelope that hides for whom the assertion is', async () => {
    const xml = signed({ destination: 'https://other.example/acs' }, 'assertion');
    await expect(finish(xml.replace(/ Destination="[^"]+"/, ''))).rejects.toEqual(refused('destination'));
  });

  it('refuses a signed Response without a destination', async () => {
    const xml = responseXml(assertionOptions()).replace(/ Destination="[^"]+"/, '');
    await expect(finish(signResponse(xml, key))).rejects.toEqual(refused('destination'));
  });

  it.each(['AudienceRestriction', 'Conditions', 'Subject'])(
    'refuses an assertion without %s',
    async (name) => {
      const xml = responseXml(assertionOptions()).replace(
        new RegExp(`<saml:${name}[\\s>].*</saml:${name}\\s*>`, 's'),
        '',
      );
      await expect(finish(signResponse(xml, key))).rejects.toEqual(
        refused(name === 'AudienceRestriction' ? 'audience' : 'malformed'),
      );
    },
  );
});

describe('to which request', () => {
  it.each([
    ['answers another request', '_other', REQUEST_ID],
    ['answers no request where one was made', null, REQUEST_ID],
    ['answers a request where none was made', REQUEST_ID, null],
  ])('refuses a response that %s', async (_case, inResponseTo, expected) => {
    await expect(finish(signed({ inResponseTo }), expected)).rejects.toEqual(refused('in_response_to'));
  });

  it('refuses an error response to another request, so that nobody can end a sign-in of others', async () => {
    const error = errorResponseXml({ ...assertionOptions({ inResponseTo: '_other' }), message: 'no' });
    await expect(finish(error)).rejects.toEqual(refused('in_response_to'));
  });

  it('refuses an unsigned envelope that names another request than the signed assertion', async () => {
    const xml = signed({}, 'assertion').replace(`InResponseTo="${REQUEST_ID}"`, 'InResponseTo="_other"');
    await expect(finish(xml, '_other')).rejects.toEqual(refused('in_response_to'));
  });

  it('refuses an answer to a request that is passed off as begun by the identity provider', async () => {
    const xml = signed({}, 'assertion').replace(` InResponseTo="${REQUEST_ID}"`, '');
    await expect(finish(xml, null)).rejects.toEqual(refused('in_response_to'));
  });
});

describe('when', () => {
  it.each([
    ['expired', 6 * MINUTE],
    ['not yet valid', -6 * MINUTE - 1],
  ])('refuses an assertion that is %s by the clock of the sandbox', async (_case, offset) => {
    await expect(finish(signed(), REQUEST_ID, at(offset))).rejects.toEqual(refused('time_window'));
  });

  it.each([6 * MINUTE - 1, -6 * MINUTE])('tolerates a clock that is a minute off (%d ms)', async (offset) => {
    await expect(finish(signed(), REQUEST_ID, at(offset))).resolves.toMatchObject({ id: 'okta-1' });
  });

  it('refuses an assertion without an end, and one with a time without a zone', async () => {
    const endless = responseXml(assertionOptions()).replaceAll(/ NotOnOrAfter="[^"]+"/g, '');
    const zoneless = responseXml(assertionOptions()).replace(/NotOnOrAfter="([^"]+)Z"/, 'NotOnOrAfter="$1"');
    for (const xml of [endless, zoneless]) {
      await expect(finish(signResponse(xml, key))).rejects.toEqual(refused('malformed'));
    }
  });
});

describe('how often', () => {
  it.each([
    ['a sign-in from the application', REQUEST_ID],
    ['a sign-in that the identity provider began', null],
  ])('accepts the assertion of %s once', async (_case, inResponseTo) => {
    const provider = new SamlServiceProvider(() => NOW);
    const response = signedResponse(key, { inResponseTo });
    await provider.finishSignIn(connectionWith(key), response, inResponseTo);
    await expect(provider.finishSignIn(connectionWith(key), response, inResponseTo)).rejects.toEqual(
      refused('replayed'),
    );
  });

  it('lets one of twenty parallel posts through', async () => {
    const provider = new SamlServiceProvider(() => NOW);
    const response = signedResponse(key, { inResponseTo: null });
    const posts = Array.from({ length: 20 }, () =>
      provider.finishSignIn(connectionWith(key), response, null),
    );
    const results = await Promise.allSettled(posts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses the same assertion in a new envelope', async () => {
    const provider = new SamlServiceProvider(() => NOW);
    const xml = signed({ inResponseTo: null }, 'assertion');
    await provider.finishSignIn(connectionWith(key), encodeResponse(xml), null);
    const again = encodeResponse(xml.replace(/Response ([^>]*) ID="[^"]+"/, 'Response $1 ID="_new"'));
    await expect(provider.finishSignIn(connectionWith(key), again, null)).rejects.toEqual(
      refused('replayed'),
    );
  });

  it('remembers an assertion as long as its time window and the tolerance let it in', async () => {
    let now = NOW;
    const provider = new SamlServiceProvider(() => now);
    const response = signedResponse(key, { inResponseTo: null });
    await provider.finishSignIn(connectionWith(key), response, null);
    now = at(6 * MINUTE - 1);
    await expect(provider.finishSignIn(connectionWith(key), response, null)).rejects.toEqual(
      refused('replayed'),
    );
    now = at(6 * MINUTE);
    await expect(provider.finishSignIn(connectionWith(key), response, null)).rejects.toEqual(
      refused('time_window'),
    );
  });
});

describe('what cannot be read', () => {
  const honest = () => signed();
  const CASES: [string, () => string][] = [
    ['nothing', () => ''],
    ['text that is not base64', () => '<Response/>'],
    ['base64 of no XML', () => encodeResponse('hello')],
    ['XML that ends early', () => encodeResponse(honest().slice(0, -20))],
    [
      'another message',
      () => encodeResponse('<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>'),
    ],
    ['a Response of another namespace', () => encodeResponse('<Response/>')],
    [
      'a Response without status',
      () => encodeResponse(honest().replace(/<samlp:Status>.*<\/samlp:Status>/s, '')),
    ],
    ['a document type', () => encodeResponse(`<!DOCTYPE r>${honest()}`)],
    [
      'an external entity',
      () => encodeResponse(`<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>${honest()}`),
    ],
    [
      'an entity bomb',
      () => encodeResponse(`<!doctype r [<!ENTITY a "${'x'.repeat(99)}"><!ENTITY b "&a;&a;">]>${honest()}`),
    ],
    [
      'an encrypted assertion',
      () =>
        encodeResponse(
          responseXml(assertionOptions()).replaceAll('saml:Assertion', 'saml:EncryptedAssertion'),
        ),
    ],
  ];

  it.each(CASES)('refuses %s', async (_case, make) => {
    const provider = new SamlServiceProvider(() => NOW);
    await expect(provider.finishSignIn(connectionWith(key), make(), REQUEST_ID)).rejects.toEqual(
      refused('malformed'),
    );
  });

  it('refuses more than 256 KiB before decoding it', () => {
    const provider = new SamlServiceProvider(() => NOW);
    expect(() => provider.inResponseTo('A'.repeat(256 * 1024 + 4))).toThrow('larger than 256 KiB');
  });

  it('refuses 200,000 blanks at once', () => {
    const started = performance.now();
    expect(() => new SamlServiceProvider(() => NOW).inResponseTo(`${' '.repeat(200_000)}!`)).toThrow(
      'not base64',
    );
    expect(performance.now() - started).toBeLessThan(500);
  });
});
