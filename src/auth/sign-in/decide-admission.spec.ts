import { describe, expect, it } from '@jest/globals';
import { decideAdmission, type AdmissionQuestion } from './decide-admission.js';

const [ACME, GLOBEX] = ['org_acme', 'org_globex'];
const [OKTA, ENTRA] = ['conn_okta', 'conn_entra'];

type Parts = readonly [
  expected: readonly [string | null, string | null, boolean?],
  returned: readonly [string | null, string | null],
  organization: 'own' | 'guest allowed' | 'guest denied' | null,
];

function question([expected, returned, organization]: Parts): AdmissionQuestion {
  const [organizationId, connectionId, withoutOrganization = false] = expected;
  return {
    expected: { organizationId, connectionId, withoutOrganization },
    returned: {
      organizationId: returned[0],
      connectionId: returned[1],
      method: 'sso',
      isImpersonated: false,
    },
    ssoRequired: false,
    organization: organization && {
      isGuest: organization !== 'own',
      guests: organization === 'guest allowed' ? 'allow' : 'deny',
      connectionIds: returned[0] === ACME ? [OKTA] : [ENTRA],
    },
  };
}

describe('admission of somebody who came back', () => {
  it.each<[string, ...Parts, string]>([
    ['to where they were sent', [ACME, OKTA], [ACME, OKTA], 'own', 'admitted'],
    ['over WorkOS, which does not name the connection', [ACME, OKTA], [ACME, null], 'own', 'admitted'],
    ['to wherever they belong, when nothing was asked for', [null, null], [ACME, OKTA], 'own', 'admitted'],
    ['to the connection that was named alone', [null, OKTA], [ACME, OKTA], 'own', 'admitted'],
    ['to the organization that was named alone', [ACME, null], [ACME, ENTRA], 'own', 'admitted'],
    ['without an organization, when none was asked for', [null, null], [null, null], null, 'admitted'],
    ['socially, as was asked', [null, null, true], [null, null], null, 'admitted'],

    ['to another organization', [ACME, OKTA], [GLOBEX, OKTA], 'own', 'organization_mismatch'],
    ['to another organization over WorkOS', [ACME, null], [GLOBEX, null], 'own', 'organization_mismatch'],
    ['without an organization', [ACME, OKTA], [null, OKTA], null, 'organization_mismatch'],
    [
      'to an organization after a social sign-in',
      [null, null, true],
      [ACME, null],
      'own',
      'organization_mismatch',
    ],
    [
      'to an organization whose name differs in case',
      [ACME, null],
      ['ORG_ACME', null],
      'own',
      'organization_mismatch',
    ],
    ['through another connection', [ACME, OKTA], [ACME, ENTRA], 'own', 'connection_mismatch'],
    ['through another connection alone', [null, OKTA], [ACME, ENTRA], 'own', 'connection_mismatch'],
    ['over WorkOS from another company', [null, OKTA], [GLOBEX, null], 'own', 'connection_mismatch'],
    ['over WorkOS from no company', [null, OKTA], [null, null], null, 'connection_mismatch'],
    ['with both wrong', [ACME, OKTA], [GLOBEX, ENTRA], 'own', 'organization_mismatch'],

    ['as a guest where guests may', [ACME, OKTA], [ACME, OKTA], 'guest allowed', 'admitted'],
    ['as a guest where guests may not', [ACME, OKTA], [ACME, OKTA], 'guest denied', 'guest_not_allowed'],
    [
      'as a welcome guest of another organization',
      [ACME, OKTA],
      [GLOBEX, OKTA],
      'guest allowed',
      'organization_mismatch',
    ],
    ['as a guest whom nothing was asked of', [null, null], [ACME, OKTA], 'guest denied', 'guest_not_allowed'],
  ])('%s', (_, expected, returned, organization, decision) => {
    expect(decideAdmission(question([expected, returned, organization]))).toBe(decision);
  });

  it('is not denied to people of the organization where guests are', () => {
    const own = question([[ACME, OKTA], [ACME, OKTA], 'own']);
    expect(own.organization?.guests).toBe('deny');
    expect(decideAdmission(own)).toBe('admitted');
  });
});

describe('an organization that requires single sign-on', () => {
  const arriving = (parts: Parts, returned: Partial<AdmissionQuestion['returned']>): AdmissionQuestion => {
    const asked = question(parts);
    return { ...asked, ssoRequired: true, returned: { ...asked.returned, ...returned } };
  };
  const anywhere = [null, null] as const;

  it.each<[string, Parts, Partial<AdmissionQuestion['returned']>, string]>([
    ['its own connection', [anywhere, [ACME, OKTA], 'own'], {}, 'admitted'],
    ['a connection that WorkOS does not name', [anywhere, [ACME, null], 'own'], {}, 'admitted'],
    ['the connection of another company', [anywhere, [ACME, ENTRA], 'own'], {}, 'sso_required'],
    ['a password', [anywhere, [ACME, null], 'own'], { method: 'password' }, 'sso_required'],
    ['a social account', [anywhere, [ACME, null], 'own'], { method: 'googleoauth' }, 'sso_required'],
    ['an unknown way', [anywhere, [ACME, null], 'own'], { method: 'unknown' }, 'sso_required'],
    ['a word in another case', [anywhere, [ACME, null], 'own'], { method: 'SSO' }, 'sso_required'],
    [
      'a password, as a guest',
      [anywhere, [ACME, null], 'guest allowed'],
      { method: 'password' },
      'sso_required',
    ],
    [
      'a social account, into no organization',
      [anywhere, anywhere, null],
      { method: 'googleoauth' },
      'sso_required',
    ],
    [
      'an impersonator',
      [anywhere, [ACME, null], 'own'],
      { method: 'impersonation', isImpersonated: true },
      'admitted',
    ],
    [
      'an impersonator elsewhere',
      [[GLOBEX, null], [ACME, null], 'own'],
      { isImpersonated: true },
      'organization_mismatch',
    ],
  ])('answers somebody who comes through %s', (_, parts, returned, decision) => {
    expect(decideAdmission(arriving(parts, returned))).toBe(decision);
  });
});
