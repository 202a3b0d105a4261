import { describe, expect, it } from '@jest/globals';
import type { DirectoryRecord } from './link-people.js';
import { matchAccounts, type Account } from './match-accounts.js';

const DOMAINS = new Set(['acme.com']);

const profile = (changes: Partial<Account> = {}): Account => ({
  userId: 'user_profile',
  idpIds: ['saml-ada'],
  email: 'ada@acme.com',
  sameAs: null,
  isMember: true,
  ...changes,
});
const workos = (changes: Partial<Account> = {}): Account =>
  profile({ userId: 'user_workos', idpIds: [], ...changes });
const record = (changes: Partial<DirectoryRecord> = {}): DirectoryRecord => ({
  id: 'record_1',
  organizationId: 'org_acme',
  directoryId: 'directory_acme',
  idpId: 'saml-ada',
  email: 'ada@acme.com',
  active: true,
  deleted: false,
  userId: null,
  ...changes,
});
const pairs = (accounts: Account[], records: DirectoryRecord[] = [], domains = DOMAINS) =>
  matchAccounts(accounts, records, domains).map((pair) => `${pair.profile.userId} = ${pair.workos.userId}`);
const ONE = ['user_profile = user_workos'];

describe('two accounts are one person', () => {
  it('by an address on a domain that is verified for the organization', () => {
    expect(pairs([profile(), workos()])).toEqual(ONE);
    expect(pairs([workos(), profile()])).toEqual(ONE);
  });

  it("by the directory's record, whatever the profile's address, where the record is WorkOS's person", () => {
    const accounts = [profile({ email: 'ada.king@acme.com' }), workos()];
    expect(pairs(accounts, [record({ userId: 'user_workos' })])).toEqual(ONE);
    expect(pairs(accounts, [record({ userId: 'user_profile' })])).toEqual(ONE);
    expect(pairs(accounts, [record()])).toEqual(ONE);
  });

  it('by the record before the address', () => {
    const namesake = workos({ userId: 'user_other', email: 'ada.king@acme.com' });
    const accounts = [profile({ email: 'ada.king@acme.com' }), workos(), namesake];
    expect(pairs(accounts, [record()])).toEqual(ONE);
  });

  it('for good, whatever their addresses become', () => {
    const known = workos({ sameAs: 'user_profile', email: 'ada@other.com' });
    expect(pairs([profile(), known])).toEqual(ONE);
    expect(pairs([profile(), known, workos({ userId: 'user_later' })])).toEqual(ONE);
  });
});

describe('attacks on the pair', () => {
  const guest = { email: 'pat@partner.example' };
  it.each<[string, Account[], DirectoryRecord[]]>([
    ['a guest, whose domain is not the organization’s', [profile(guest), workos(guest)], []],
    ['a record with an address that is not', [profile(), workos(guest)], [record(guest)]],
    ['a sub-domain', [profile({ email: 'a@x.acme.com' }), workos({ email: 'a@x.acme.com' })], []],
    ['no address at all', [profile({ email: null }), workos({ email: null })], []],
    ['another address', [profile(), workos({ email: 'alan@acme.com' })], []],
    ['two profiles with one address', [profile(), profile({ userId: 'user_2' }), workos()], []],
    ['two profiles with one subject', [profile(), profile({ userId: 'user_2' }), workos()], [record()]],
    ['two of WorkOS with one address', [profile(), workos(), workos({ userId: 'user_2' })], []],
    ['two profiles', [profile(), profile({ userId: 'user_2' })], []],
    [
      'a profile that took over the address of somebody who has a pair',
      [profile({ userId: 'user_new', idpIds: ['saml-eve'] }), workos({ sameAs: 'user_profile' })],
      [],
    ],
    [
      'one directory has both, as two people',
      [profile(), workos()],
      [record({ userId: 'user_profile' }), record({ id: 'record_2', idpId: 'x', userId: 'user_workos' })],
    ],
    ['a record that is deleted', [profile({ email: 'a@acme.com' }), workos()], [record({ deleted: true })]],
    ["somebody else's record", [profile({ email: 'a@acme.com' }), workos()], [record({ userId: 'user_3' })]],
    ['one who left the organization', [profile({ isMember: false }), workos()], []],
  ])('%s: they stay two', (_name, accounts, records) => {
    expect(pairs(accounts, records)).toEqual([]);
  });

  it('without a verified domain they stay two', () => {
    expect(pairs([profile(), workos()], [record()], new Set())).toEqual([]);
  });
});
