import { describe, expect, it } from '@jest/globals';
import { emailKey, spellingsOf } from '../identity/email-key.js';
import { linkPeople, type DirectoryRecord, type KnownPerson } from './link-people.js';

const DOMAINS = new Set(['acme.com', 'xn--mnchen-3ya.de']);

const person = (changes: Partial<KnownPerson> = {}): KnownPerson => ({
  organizationId: 'org_acme',
  userId: 'user_ada',
  idpIds: ['saml-ada'],
  email: 'ada@acme.com',
  ...changes,
});
const record = (changes: Partial<DirectoryRecord> = {}): DirectoryRecord => ({
  id: 'record_1',
  organizationId: 'org_acme',
  directoryId: 'directory_acme',
  idpId: 'scim-ada',
  email: 'ada@acme.com',
  active: true,
  deleted: false,
  userId: null,
  ...changes,
});
/** `record -> user by` and the ids of what stays open. */
const told = (people: KnownPerson[], records: DirectoryRecord[], domains = DOMAINS) => {
  const { links, ambiguous } = linkPeople(people, records, domains);
  return {
    links: links.map(({ record: { id }, userId, by }) => `${id} -> ${userId} by ${by}`),
    ambiguous: ambiguous.map(({ id }) => id),
  };
};
const NOTHING = { links: [], ambiguous: [] };

describe('whom a directory record is linked to', () => {
  it('is who has the same subject, whatever the address', () => {
    const known = person({ idpIds: ['scim-ada'], email: 'ada.king@other.com' });
    expect(told([known], [record()])).toEqual({ links: ['record_1 -> user_ada by idp'], ambiguous: [] });
  });

  it('is else who has the same address on a domain that is verified for the organization', () => {
    expect(told([person()], [record()])).toEqual({ links: ['record_1 -> user_ada by email'], ambiguous: [] });
  });

  it('is the subject before the address', () => {
    const byIdp = person({ userId: 'user_1', idpIds: ['scim-ada'], email: 'old@acme.com' });
    const byEmail = person({ userId: 'user_2', idpIds: [] });
    expect(told([byEmail, byIdp], [record()]).links).toEqual(['record_1 -> user_1 by idp']);
  });

  it('is one person in two directories of an organization', () => {
    const other = record({ id: 'record_2', directoryId: 'directory_2' });
    expect(told([person()], [record(), other]).links).toEqual([
      'record_1 -> user_ada by email',
      'record_2 -> user_ada by email',
    ]);
  });

  it('is the person who came back, in their new record and in the one that was deleted', () => {
    const gone = record({ id: 'record_0', deleted: true, active: false });
    const { links, ambiguous } = told([person()], [gone, record()]);
    expect(links.toSorted()).toEqual(['record_0 -> user_ada by email', 'record_1 -> user_ada by email']);
    expect(ambiguous).toEqual([]);
  });
});

describe('attacks on the link', () => {
  it.each<[string, KnownPerson[], DirectoryRecord[]]>([
    [
      "another tenant's directory claims my address",
      [person()],
      [record({ organizationId: 'org_eve', directoryId: 'directory_eve' })],
    ],
    [
      "another tenant's directory claims my subject",
      [person({ idpIds: ['x'] })],
      [record({ organizationId: 'org_eve', idpId: 'x', email: 'x@eve.com' })],
    ],
    [
      'the address is on a domain that is not verified',
      [person({ email: 'ada@gmail.com' })],
      [record({ email: 'ada@gmail.com' })],
    ],
    [
      'the domain is a sub-domain of a verified one',
      [person({ email: 'ada@mail.acme.com' })],
      [record({ email: 'ada@mail.acme.com' })],
    ],
    ['neither has an address', [person({ email: null })], [record({ email: null })]],
    ['the record belongs to somebody else', [person()], [record({ userId: 'user_bob' })]],
    [
      'I have a living record in that directory already',
      [person()],
      [record({ id: 'record_0', userId: 'user_ada', email: 'ada.old@acme.com' }), record()],
    ],
    ['nobody is known', [], [record()]],
  ])('%s: nothing is linked', (_name, people, records) => {
    expect(told(people, records)).toEqual(NOTHING);
  });

  it('two records of one directory have my address: neither is linked, and both are told of', () => {
    const second = record({ id: 'record_2', idpId: 'scim-eve' });
    const open = { links: [], ambiguous: ['record_1', 'record_2'] };
    expect(told([person()], [record(), second])).toEqual(open);
    expect(told([person()], [second, record()]).ambiguous.toSorted()).toEqual(open.ambiguous);
  });

  it('two records have my address and one of them my subject: that one is mine, the other stays open', () => {
    const mine = record({ id: 'record_2', idpId: 'saml-ada' });
    expect(told([person()], [record(), mine])).toEqual({
      links: ['record_2 -> user_ada by idp'],
      ambiguous: [],
    });
  });

  it('two users have one address: the record is nobody’s', () => {
    const twin = person({ userId: 'user_eve', idpIds: ['saml-eve'] });
    expect(told([person(), twin], [record()])).toEqual({ links: [], ambiguous: ['record_1'] });
    expect(told([twin, person()], [record()])).toEqual({ links: [], ambiguous: ['record_1'] });
  });

  it('two users of two connections have one subject: the record is nobody’s, also not by its address', () => {
    const twin = person({ userId: 'user_eve', idpIds: ['scim-ada'], email: 'eve@acme.com' });
    const ada = person({ idpIds: ['scim-ada'] });
    expect(told([ada, twin], [record()])).toEqual({ links: [], ambiguous: ['record_1'] });
  });

  it('without any verified domain only the subject counts', () => {
    expect(told([person()], [record()], new Set())).toEqual(NOTHING);
  });
});

describe('the form in which addresses are compared', () => {
  it.each([
    ['Ada@Acme.com', 'ada@acme.com'],
    [' ada@ACME.COM. ', 'ada@acme.com'],
    ['Ada@München.de', 'ada@xn--mnchen-3ya.de'],
    ['ada@XN--MNCHEN-3YA.de', 'ada@xn--mnchen-3ya.de'],
  ])('%j is %j', (email, key) => {
    expect(emailKey(email)).toBe(key);
  });

  it.each([
    null,
    undefined,
    '',
    'ada',
    'ada@acme.com@eve.com',
    '"ada"@acme.com',
    'ada@acme\uff0ecom',
    'ad\u200ba@acme.com',
  ])('%j has none, and so is equal to nothing', (email) => {
    expect(emailKey(email)).toBeNull();
  });

  it('does not take a look-alike of another script for the same letter', () => {
    expect(emailKey('ada@\u0430cme.com')).not.toBe('ada@acme.com');
    expect(emailKey('\u0430da@acme.com')).not.toBe('ada@acme.com');
    expect(emailKey('\u212aim@acme.com')).not.toBe('kim@acme.com');
  });

  it('is found again however the domain was spelt', () => {
    expect(spellingsOf('ada@xn--mnchen-3ya.de')).toEqual(['ada@xn--mnchen-3ya.de', 'ada@münchen.de']);
  });
});
