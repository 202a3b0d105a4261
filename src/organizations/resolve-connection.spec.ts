import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalDomain, parseEmail } from '../identity/email-domain.js';
import { domainStanding } from './domain-standing.js';
import { resolveConnection, type DomainClaim, type RoutingRules } from './resolve-connection.js';
import { RoutableDomains } from './routable-domains.js';

const routable = new RoutableDomains(['webmail.example', 'Bücher-Post.example.']);
const RULES: RoutingRules = { refusalOf: (domain) => routable.refusalOf(domain), otherwise: 'none' };

/** `domain state` and `connection state`, as few words as possible. */
function claim(organizationId: string, owned: string, connections: string[]): DomainClaim {
  const [domain = '', state = ''] = owned.split(' ');
  return {
    organizationId,
    domain,
    state,
    connections: connections.map((text) => {
      const [id = '', connectionState = ''] = text.split(' ');
      return { id, name: id, state: connectionState };
    }),
  };
}

const resolve = (domain: string, ...claims: DomainClaim[]) => resolveConnection(domain, claims, RULES);
const ACME = claim('org_acme', 'acme.com verified', ['conn_1 active']);
const NONE = { kind: 'none' };
const to = (organizationId: string, connectionId: string) => ({
  kind: 'connection',
  organizationId,
  connectionId,
});

describe('the connection of an e-mail domain', () => {
  it('is the active one of the organization that owns it', () => {
    expect(resolve('acme.com', ACME)).toEqual(to('org_acme', 'conn_1'));
  });

  it('is none where nobody registered it', () => {
    expect(resolve('acme.com')).toEqual(NONE);
    expect(resolve('other.com', ACME)).toEqual(NONE);
  });

  it('is for the hosted page where there is one', () => {
    expect(resolveConnection('acme.com', [], { ...RULES, otherwise: 'authkit' })).toEqual({
      kind: 'authkit',
    });
  });

  it('is none where two organizations own it, whichever comes first', () => {
    const second = claim('org_eve', 'acme.com verified', ['conn_9 active']);
    expect(resolve('acme.com', ACME, second)).toEqual(NONE);
    expect(resolve('acme.com', second, ACME)).toEqual(NONE);
  });

  it('is none where two own it and only one of them has a connection', () => {
    expect(resolve('acme.com', ACME, claim('org_eve', 'acme.com legacy_verified', []))).toEqual(NONE);
  });

  it('is that of the owner where the owner registered it twice', () => {
    expect(resolve('acme.com', ACME, ACME)).toEqual(to('org_acme', 'conn_1'));
  });

  it.each(['pending', 'failed', 'unverified', 'Verified', '', 'not_verified'])(
    'is none for a domain that is %j, and that of the owner beside such a claim',
    (state) => {
      const claimant = claim('org_eve', `acme.com ${state}`, ['conn_0 active']);
      expect(resolve('acme.com', claimant)).toEqual(NONE);
      expect(resolve('acme.com', claimant, ACME)).toEqual(to('org_acme', 'conn_1'));
    },
  );

  it.each(['inactive', 'draft', 'validating', 'requires_type', 'deleting', 'Active', ''])(
    'is none where it is %j',
    (state) => {
      expect(resolve('acme.com', claim('org_1', 'acme.com verified', [`conn_1 ${state}`]))).toEqual(NONE);
    },
  );

  it('is chosen by the person where several are active, the oldest first', () => {
    const owner = claim('org_1', 'acme.com verified', ['conn_3 active', 'conn_1 inactive', 'conn_2 active']);
    expect(resolve('acme.com', owner)).toEqual({
      kind: 'choose',
      organizationId: 'org_1',
      connections: [
        { id: 'conn_2', name: 'conn_2' },
        { id: 'conn_3', name: 'conn_3' },
      ],
    });
  });

  it.each(['mail.acme.com', 'com', 'xacme.com', 'acme.com.evil.com', 'acme.co', 'ACME.COM', ''])(
    'is not inherited, shared or guessed: none for %j',
    (domain) => {
      expect(resolve(domain, ACME)).toEqual(NONE);
    },
  );

  it('does not come down from a registered sub-domain', () => {
    expect(resolve('acme.com', claim('org_1', 'mail.acme.com verified', ['conn_1 active']))).toEqual(NONE);
  });

  it.each([
    ['gmail.com', 'free_mail'],
    ['outlook.com', 'free_mail'],
    ['web.de', 'free_mail'],
    ['webmail.example', 'free_mail'],
    ['xn--bcher-post-9db.example', 'free_mail'],
    ['co.uk', 'public_suffix'],
    ['com', 'public_suffix'],
    ['github.io', 'public_suffix'],
    ['gov.uk', 'public_suffix'],
  ])('is none for %s, whoever has had it verified', (domain, refusal) => {
    expect(routable.refusalOf(domain)).toBe(refusal);
    expect(resolve(domain, claim('org_eve', `${domain} verified`, ['conn_0 active']))).toEqual(NONE);
  });

  it.each(['acme.com', 'acme.co.uk', 'mail.acme.com', 'acme.github.io', 'xn--mnchen-3ya.de'])(
    'is there for a company at %s',
    (domain) => {
      expect(routable.refusalOf(domain)).toBeNull();
      expect(resolve(domain, claim('org_1', `${domain} verified`, ['conn_1 active']))).toEqual(
        to('org_1', 'conn_1'),
      );
    },
  );
});

describe('any domain and any claims to it', () => {
  const name = fc.constantFrom('acme.com', 'mail.acme.com', 'co.uk', 'gmail.com', 'acme.co.uk', 'com');
  const state = fc.constantFrom('verified', 'legacy_verified', 'pending', 'failed', '');
  const connection = fc.record({
    id: fc.constantFrom('conn_1', 'conn_2', 'conn_3'),
    name: fc.string(),
    state: fc.constantFrom('active', 'inactive', 'draft'),
  });
  const anyClaim = fc.record({
    organizationId: fc.constantFrom('org_1', 'org_2'),
    domain: name,
    state,
    connections: fc.uniqueArray(connection, { selector: ({ id }) => id, maxLength: 3 }),
  });

  it('lead only to an active connection of the one organization that owns exactly this domain', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(name, fc.array(anyClaim, { maxLength: 4 }), (domain, claims) => {
        const route = resolve(domain, ...claims);
        seen.add(route.kind);
        if (route.kind !== 'connection' && route.kind !== 'choose') return;
        const owners = claims.filter(
          (one) => one.domain === domain && /^(legacy_)?verified$/.test(one.state),
        );
        expect(new Set(owners.map((one) => one.organizationId))).toEqual(new Set([route.organizationId]));
        const active = new Set(
          owners.flatMap((one) => one.connections.filter((c) => c.state === 'active').map(({ id }) => id)),
        );
        const named =
          route.kind === 'connection' ? [route.connectionId] : route.connections.map(({ id }) => id);
        for (const id of named) expect(active).toContain(id);
        expect(routable.refusalOf(domain)).toBeNull();
      }),
      { numRuns: 2000 },
    );
    expect(seen).toEqual(new Set(['connection', 'choose', 'none']));
  });

  it('lead to the same place in whatever order the claims come', () => {
    fc.assert(
      fc.property(name, fc.array(anyClaim, { maxLength: 4 }), (domain, claims) => {
        const owners = new Set(
          claims.filter((one) => one.domain === domain).map(({ organizationId }) => organizationId),
        );
        // Of one organization all claims have the same connections.
        fc.pre(owners.size === claims.filter((one) => one.domain === domain).length);
        expect(resolve(domain, ...claims.toReversed())).toEqual(resolve(domain, ...claims));
      }),
    );
  });
});

describe('an e-mail address of any kind', () => {
  const owner = (domain: string) => claim('org_1', `${domain} verified`, ['conn_1 active']);
  const label = fc.stringMatching(/^[a-zA-Z0-9äöüßéñç]{1,10}$/);
  const local = fc.stringMatching(/^[a-zA-Z0-9+_]{1,12}$/);
  const tail = fc.constantFrom('com', 'de', 'co.uk', 'example');

  it('is routed as its domain is, however the domain is written', () => {
    let routed = 0;
    fc.assert(
      fc.property(local, label, tail, (who, company, suffix) => {
        const domain = canonicalDomain(`${company}.${suffix}`);
        if (domain === null || routable.refusalOf(domain) !== null) return;
        routed += 1;
        const spellings = [domain, domain.toUpperCase(), `${domain}.`, `${company}.${suffix}`];
        for (const spelling of spellings) {
          const email = parseEmail(`${who}@${spelling}`);
          expect(email && resolve(email.domain, owner(domain))).toEqual(to('org_1', 'conn_1'));
        }
      }),
    );
    expect(routed).toBeGreaterThan(50);
  });

  it('is not routed to a company by a second @, a quotation or a lookalike', () => {
    const trick = fc.constantFrom('@', '＠', '﹫', '"@', '．', '。', '\u200b', '\u00ad', ' ', '\0', '%2e');
    fc.assert(
      fc.property(local, label, trick, (who, company, odd) => {
        for (const address of [
          `${who}@evil.example${odd}acme.com`,
          `${who}@acme.com${odd}evil.example`,
          `"${who}@acme.com${odd}"@${company}.example`,
          `${who}${odd}@evil.example@acme.com`,
        ]) {
          const email = parseEmail(address);
          if (email) expect(resolve(email.domain, ACME)).toEqual(NONE);
        }
      }),
    );
  });

  it('is read without an exception, whatever it is', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.emailAddress(),
      fc.json({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(anything, (input) => {
        const email = parseEmail(input);
        if (email) expect(parseEmail(`x@${email.domain}`)?.domain).toBe(email.domain);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['letters', 'a'.repeat(10_000)],
    ['@', 'a@'.repeat(5000)],
    ['labels', `a@${'a.'.repeat(5000)}com`],
    ['blanks', ` ${' \t'.repeat(5000)}`],
    ['umlauts', `a@${'ü'.repeat(10_000)}.com`],
    ['quotes', '"'.repeat(10_000)],
  ])('takes less than a millisecond for 10 kB of %s', (_, junk) => {
    const times = Array.from({ length: 7 }, () => {
      const started = performance.now();
      const email = parseEmail(junk);
      resolve(email?.domain ?? '', ACME);
      return performance.now() - started;
    });
    expect(Math.min(...times)).toBeLessThan(1);
  });
});

describe('a domain as its administrators see it', () => {
  it.each([
    ['verified', false, null, 'verified', null],
    ['legacy_verified', false, null, 'verified', null],
    ['pending', true, null, 'pending', null],
    ['unverified', false, null, 'pending', null],
    ['failed', false, null, 'failed', null],
    ['verified', true, null, 'conflict', null],
    ['verified', false, 'free_mail', 'refused', 'free_mail'],
    ['verified', true, 'public_suffix', 'refused', 'public_suffix'],
    ['pending', false, 'free_mail', 'pending', null],
  ] as const)('%s, contested %s, refused %s: %s', (state, contested, refusal, shown, reason) => {
    const failureReason = 'domain_verification_period_expired';
    const domain = { id: 'org_domain_1', domain: 'acme.com', state, failureReason };
    expect(domainStanding(domain, contested, refusal)).toEqual({
      id: 'org_domain_1',
      domain: 'acme.com',
      state: shown,
      reason,
      failureReason: shown === 'failed' ? failureReason : null,
    });
  });
});
