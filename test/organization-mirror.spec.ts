import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OrganizationRecord } from '../src/identity/organization-source.port.js';
import type { WorkosEventName } from '../src/identity/workos-event.js';
import { Database } from '../src/database/database.js';
import { CertificatesService } from '../src/organizations/certificates.service.js';
import { OrganizationFactsRepository } from '../src/organizations/organization-facts.repository.js';
import { OrganizationsRepository } from '../src/organizations/organizations.repository.js';
import { OrganizationsService } from '../src/organizations/organizations.service.js';
import { RolesRepository } from '../src/organizations/roles.repository.js';
import { Exposition } from '../src/prometheus/exposition.js';
import { aSession } from '../src/sessions/session.factory.js';
import { SessionStore } from '../src/sessions/session-store.port.js';
import { ClaimsFollower } from '../src/sync/claims-follower.js';
import { EventStage } from './support/event-stage.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const EVE = 'org_01HGATEH0VSEEVE00000000001';
const OKTA = 'conn_01HGATEH0VSEACME0000000001';
const ENTRA = 'conn_01HGATEH0VSEACME0000000002';
const START = new Date('2026-10-01T00:00:00.000Z');
const at = (second: number) => new Date(START.getTime() + second * 1000);
const dated = (second: number) => ({ created_at: at(0).toISOString(), updated_at: at(second).toISOString() });

const organization = (second: number, changes: object = {}) => ({
  id: ACME,
  name: 'Acme',
  domains: [],
  ...dated(second),
  ...changes,
});
const domain = (second: number, changes: object = {}) => ({
  id: 'org_domain_acme',
  organization_id: ACME,
  domain: 'acme.com',
  state: 'verified',
  ...dated(second),
  ...changes,
});
const connection = (second: number, changes: object = {}) => ({
  id: OKTA,
  organization_id: ACME,
  connection_type: 'OktaSAML',
  name: 'Okta',
  state: 'active',
  ...dated(second),
  ...changes,
});
const role = (second: number, permissions: string[], changes: object = {}) => ({
  slug: 'member',
  permissions,
  ...dated(second),
  ...changes,
});

describe('the local copy of organizations', () => {
  let stage: EventStage;
  let organizations: OrganizationsService;
  let repository: OrganizationsRepository;
  let roles: RolesRepository;
  beforeAll(async () => {
    stage = await EventStage.open();
    organizations = stage.get(OrganizationsService);
    repository = stage.get(OrganizationsRepository);
    roles = stage.get(RolesRepository);
  });
  beforeEach(() => stage.clear());
  afterAll(() => stage.close());

  /** An event that happened at the `updated_at` of what it tells of, unless said otherwise. */
  const tell = (name: WorkosEventName, data: { updated_at: string }, second?: number) =>
    stage.tell(name, data, second === undefined ? new Date(data.updated_at) : at(second));
  const claims = () => repository.claims('acme.com');
  const audits = async () =>
    stage.rows<{ action: string; organization_id: string; reason: string }>(
      'select action, organization_id, reason from audit_events order by organization_id',
    );
  const states = async () =>
    (await organizations.domainsOf(ACME)).map(({ domain: name, state }) => `${name} ${state}`);

  /** What WorkOS's API would say. */
  const record = (second: number, changes: Partial<OrganizationRecord> = {}): OrganizationRecord => ({
    id: ACME,
    name: 'Acme',
    updatedAt: at(second),
    domains: [{ id: 'org_domain_acme', domain: 'acme.com', state: 'verified', updatedAt: at(second) }],
    connections: [{ id: OKTA, name: 'Okta', type: 'OktaSAML', state: 'active', updatedAt: at(second) }],
    ...changes,
  });
  const nothing = new Map<string, string>();

  describe('told by events', () => {
    it('knows an organization, its domains and its connections, in whatever order they are heard of', async () => {
      await tell('connection.activated', connection(3));
      await tell('organization_domain.verified', domain(2));
      expect(await claims()).toEqual([
        {
          organizationId: ACME,
          domain: 'acme.com',
          state: 'verified',
          connections: [{ id: OKTA, name: 'Okta', state: 'active' }],
        },
      ]);
      await tell('organization.created', organization(1));
      expect(await organizations.findInCopy(ACME)).toMatchObject({ id: ACME, name: 'Acme' });
      expect(await claims()).toHaveLength(1);
    });

    it('takes the domains that come with an organization, and what is told of them alone before that', async () => {
      await tell('organization_domain.updated', domain(2, { state: 'failed' }));
      await tell(
        'organization.updated',
        organization(9, { domains: [domain(1), domain(1, { id: 'org_domain_2', domain: 'Acme.ORG' })] }),
      );
      expect(await states()).toEqual(['acme.com failed', 'acme.org verified']);
    });

    it('is not changed by what is older', async () => {
      await tell('organization.updated', organization(5, { name: 'Acme Inc.' }));
      await tell('organization.updated', organization(4, { name: 'Acme' }), 99);
      await tell('connection.deactivated', connection(5, { state: 'inactive' }));
      await tell('connection.activated', connection(4), 99);
      await tell('organization_domain.verification_failed', {
        reason: 'domain_verification_period_expired',
        organization_domain: domain(5, { state: 'failed' }),
        updated_at: at(5).toISOString(),
      } as never);
      await tell('organization_domain.verified', domain(4), 99);
      expect(await organizations.findInCopy(ACME)).toMatchObject({
        name: 'Acme Inc.',
        domains: [{ state: 'failed' }],
        connections: [{ state: 'inactive' }],
      });
    });

    describe('a domain whose verification failed', () => {
      const reason = 'domain_verification_period_expired';
      const fail = (second: number) =>
        tell('organization_domain.verification_failed', {
          reason,
          organization_domain: domain(second, { state: 'failed' }),
          updated_at: at(second).toISOString(),
        } as never);
      const told = async () => {
        const [standing] = await organizations.domainsOf(ACME);
        return [standing?.state, standing?.failureReason];
      };

      it('keeps the reason, also when an account that names none says the same', async () => {
        await fail(2);
        await tell('organization_domain.updated', domain(3, { state: 'failed' }));
        expect(await told()).toEqual(['failed', reason]);
      });

      it('has its reason when that is heard of last', async () => {
        await tell('organization_domain.updated', domain(3, { state: 'failed' }));
        expect(await told()).toEqual(['failed', null]);
        await fail(2);
        expect(await told()).toEqual(['failed', reason]);
      });

      it('loses the reason when it is verified, and when its verification starts again', async () => {
        await fail(2);
        await tell('organization_domain.verified', domain(3));
        expect(await told()).toEqual(['verified', null]);
        await tell('organization_domain.updated', domain(4, { state: 'failed' }));
        expect(await told()).toEqual(['failed', null]);
        await fail(2);
        expect(await told()).toEqual(['failed', null]);
      });
    });

    it('brings nothing back that was deleted, whatever comes late', async () => {
      await tell('organization.created', organization(1));
      await tell('organization_domain.deleted', domain(1), 5);
      await tell('organization_domain.verified', domain(9));
      await tell('connection.deleted', connection(1), 5);
      await tell('connection.activated', connection(9));
      expect(await organizations.findInCopy(ACME)).toMatchObject({ domains: [], connections: [] });
      await tell('organization.deleted', organization(1), 6);
      await tell('organization.updated', organization(9));
      await tell('organization_domain.verified', domain(9, { id: 'org_domain_9' }));
      await tell('connection.activated', connection(9, { id: ENTRA }));
      expect(await organizations.findInCopy(ACME)).toBeNull();
      expect(await claims()).toEqual([]);
      expect(
        await stage.rows('select id from organization_domains union all select id from connections'),
      ).toEqual([]);
    });

    it('stops routing a domain that is lost, and signs nobody out', async () => {
      await tell('organization_domain.verified', domain(1));
      await tell('organization_domain.deleted', domain(1), 2);
      expect(await claims()).toEqual([]);
      expect(await stage.ended()).toEqual([]);
    });
  });

  describe('ends the sessions', () => {
    it('of a connection that is switched off, once, and never for an older account', async () => {
      await tell('connection.activated', connection(1));
      expect(await stage.ended()).toEqual([]);
      await tell('connection.deactivated', connection(3, { state: 'inactive' }));
      // Also of whom WorkOS does not say through which connection they came.
      expect(await stage.ended()).toEqual([
        `connection ${OKTA}: connection_deactivated`,
        `unnamed_connection ${ACME}: connection_deactivated`,
      ]);
      await tell('connection.activated', connection(4));
      await tell('connection.deactivated', connection(2, { state: 'inactive' }), 9);
      expect(await stage.ended()).toEqual([]);
    });

    it('of a connection that is deleted, also where it was never heard of, and once', async () => {
      await tell('connection.deleted', connection(1, { organization_id: null }), 5);
      expect(await stage.ended()).toEqual([`connection ${OKTA}: connection_deleted`]);
      await tell('connection.deleted', connection(1), 5);
      expect(await stage.ended()).toEqual([]);
    });

    it('of an organization that is deleted, and of its connections, and of no other', async () => {
      await tell('connection.activated', connection(1));
      await tell('connection.activated', connection(1, { id: ENTRA, organization_id: EVE }));
      await tell('organization.deleted', organization(1), 5);
      expect(await stage.ended()).toEqual([
        `organization ${ACME}: organization_deleted`,
        `connection ${OKTA}: organization_deleted`,
      ]);
      expect(await stage.rows('select id from connections')).toEqual([{ id: ENTRA }]);
    });
  });

  describe('read from the API', () => {
    it('is taken over, and what the API no longer has goes', async () => {
      await repository.save(record(1), nothing, at(1));
      const before = await repository.snapshot(ACME);
      await repository.save(record(2, { name: 'Acme Inc.', connections: [] }), before, at(2));
      expect(await organizations.findInCopy(ACME)).toMatchObject({ name: 'Acme Inc.', connections: [] });
      await repository.hide(ACME, await repository.snapshot(ACME), at(3));
      expect(await organizations.findInCopy(ACME)).toBeNull();
      expect(await claims()).toEqual([]);
      await repository.save(record(2), nothing, at(4));
      expect(await claims()).toHaveLength(1);
    });

    it('does not remove or undo what an event told of while the API was asked', async () => {
      await repository.save(record(1), nothing, at(1));
      const before = await repository.snapshot(ACME);
      await tell('connection.activated', connection(2, { id: ENTRA, name: 'Entra' }));
      await tell('organization_domain.verified', domain(2, { id: 'org_domain_2', domain: 'acme.org' }));
      await tell('connection.deactivated', connection(3, { state: 'inactive' }));
      await repository.save(record(1), before, at(4));
      expect((await organizations.findInCopy(ACME))?.connections.map(({ id, state }) => [id, state])).toEqual(
        expect.arrayContaining([
          [OKTA, 'inactive'],
          [ENTRA, 'active'],
        ]),
      );
      expect(await states()).toEqual(['acme.com verified', 'acme.org verified']);
      await repository.save(record(1, { connections: [], domains: [] }), before, at(5));
      expect((await organizations.findInCopy(ACME))?.connections.map(({ id }) => id).toSorted()).toEqual(
        [OKTA, ENTRA].toSorted(),
      );
    });

    it('does not hide an organization that an event told of while the API was asked', async () => {
      await repository.save(record(1), nothing, at(1));
      const before = await repository.snapshot(ACME);
      await tell('organization.updated', organization(2));
      await tell('organization_domain.updated', domain(2));
      await repository.hide(ACME, before, at(3));
      expect(await organizations.findInCopy(ACME)).toMatchObject({ domains: [{ domain: 'acme.com' }] });
    });

    it('does not bring back what was deleted', async () => {
      await tell('connection.deleted', connection(1), 2);
      await tell('organization_domain.deleted', domain(1), 2);
      await repository.save(record(1), nothing, at(3));
      expect(await organizations.findInCopy(ACME)).toMatchObject({ domains: [], connections: [] });
      await tell('organization.deleted', organization(1), 4);
      await repository.save(record(9), nothing, at(9));
      expect(await organizations.findInCopy(ACME)).toBeNull();
      expect(await claims()).toEqual([]);
    });
  });

  describe('a domain that must not count', () => {
    const verified = async () => [
      ...(await stage.get(OrganizationFactsRepository).verifiedDomains(stage.get(Database), ACME)),
    ];
    const isGuest = async () => {
      const found = await organizations.findInCopy(ACME);
      return found && organizations.isGuest(found, 'acme.com');
    };

    it('is refused and recorded once where two organizations have had it verified', async () => {
      await tell('organization.created', organization(1));
      await tell('organization_domain.verified', domain(1));
      await tell(
        'organization_domain.created',
        domain(1, { id: 'org_domain_eve', organization_id: EVE, state: 'pending' }),
      );
      expect(await audits()).toEqual([]);
      expect(await states()).toEqual(['acme.com verified']);
      await tell('organization_domain.verified', domain(2, { id: 'org_domain_eve', organization_id: EVE }));
      await tell('organization_domain.updated', domain(3, { id: 'org_domain_eve', organization_id: EVE }));
      const conflict = { action: 'domain.conflict', reason: 'verified_by_several_organizations' };
      expect(await audits()).toEqual([
        { ...conflict, organization_id: ACME },
        { ...conflict, organization_id: EVE },
      ]);
      expect(await states()).toEqual(['acme.com conflict']);
      // Whoever has an address there is nobody's own: a guest at both, and linked to nobody by it.
      expect(await isGuest()).toBe(true);
      expect(await verified()).toEqual([]);
      expect(await organizations.ownerOf('acme.com')).toBeNull();
      await tell('organization_domain.deleted', domain(3, { id: 'org_domain_eve', organization_id: EVE }), 4);
      expect(await states()).toEqual(['acme.com verified']);
      expect(await isGuest()).toBe(false);
      expect(await verified()).toEqual(['acme.com']);
    });

    it('is seen where both verifications arrive at once', async () => {
      let second: Promise<void> | undefined;
      await stage.tell('organization_domain.verified', domain(1), at(1), async () => {
        second = tell(
          'organization_domain.verified',
          domain(1, { id: 'org_domain_eve', organization_id: EVE }),
        );
        // It would be through at once, and see nothing of the first, if it did not wait for it.
        await stage.lockAwaited();
      });
      await second;
      expect(await audits()).toHaveLength(2);
    });

    it('is refused and recorded where anybody may have an address there', async () => {
      await tell('organization_domain.verified', domain(1, { domain: 'gmail.com' }));
      await tell('organization_domain.verified', domain(1, { id: 'org_domain_2', domain: 'co.uk' }));
      const refused = { action: 'domain.refused', organization_id: ACME };
      expect(await audits()).toEqual(
        expect.arrayContaining([
          { ...refused, reason: 'free_mail' },
          { ...refused, reason: 'public_suffix' },
        ]),
      );
      expect(await states()).toEqual(['co.uk refused', 'gmail.com refused']);
    });
  });

  describe('roles', () => {
    const allowed = async () => (await organizations.permissionsByRole(ACME))(['member']);

    it('allow what was last said of them, the own role of the organization before that of the environment', async () => {
      await tell('role.created', role(1, ['invoices:read']));
      expect(await allowed()).toEqual(['invoices:read']);
      await tell('organization_role.created', role(2, ['invoices:write'], { organization_id: ACME }));
      expect(await allowed()).toEqual(['invoices:write']);
      expect((await organizations.permissionsByRole(EVE))(['member'])).toEqual(['invoices:read']);
      await tell('organization_role.deleted', role(2, ['invoices:write'], { organization_id: ACME }), 3);
      expect(await allowed()).toEqual(['invoices:read']);
      await tell('role.updated', role(0, ['everything']), 99);
      expect(await allowed()).toEqual(['invoices:read']);
    });

    it('that were deleted come back only where they are made anew', async () => {
      await tell('role.deleted', role(1, ['invoices:read']), 3);
      await tell('role.updated', role(1, ['invoices:read']), 2);
      await roles.save(
        ACME,
        [{ slug: 'member', permissions: ['a'], ofOrganization: false, updatedAt: at(1) }],
        nothing,
      );
      expect(await allowed()).toEqual([]);
      await tell('role.created', role(9, ['invoices:read']));
      expect(await allowed()).toEqual(['invoices:read']);
    });

    it.each([
      ['before', ['permission', 'role']],
      ['after', ['role', 'permission']],
    ])('lose a permission that is deleted, told of %s the role that had it', async (_, order) => {
      await tell('role.created', role(1, ['a:read']));
      for (const what of order) {
        if (what === 'role') await tell('role.updated', role(2, ['a:read', 'b:read']));
        else await stage.tell('permission.deleted', { id: 'perm_1', slug: 'b:read', ...dated(1) }, at(5));
      }
      expect(await allowed()).toEqual(['a:read']);
      await tell('role.updated', role(6, ['a:read', 'b:read']));
      expect(await allowed()).toEqual(['a:read', 'b:read']);
    });

    it('are taken over from the API, which forgets those that it no longer has', async () => {
      await tell('role.created', role(1, ['a:read'], { slug: 'gone' }));
      const before = await roles.snapshot(ACME);
      await tell('role.created', role(2, ['a:read'], { slug: 'new' }));
      await roles.save(
        ACME,
        [{ slug: 'member', permissions: ['b:read'], ofOrganization: true, updatedAt: at(1) }],
        before,
      );
      expect((await roles.list(ACME)).map(({ slug }) => slug).toSorted()).toEqual(['member', 'new']);
    });

    it('reach the sessions that have them, of this organization and of no other', async () => {
      const store = stage.get(SessionStore);
      const now = new Date();
      const member = (id: string, organizationId: string) =>
        aSession(now, {
          id: `session_${id}`,
          tokenHash: id.repeat(43),
          organization: { id: organizationId, name: '' },
          roles: ['member'],
          permissions: ['a:read'],
        });
      for (const session of [member('a', ACME), member('b', EVE)]) await store.insert(session, null, now);
      await tell('organization.created', organization(1));
      await tell('organization_role.created', role(2, ['b:read'], { organization_id: ACME }));
      const permissions = async () =>
        Promise.all(['a', 'b'].map(async (id) => (await store.find(`session_${id}`))?.permissions));
      const follower = stage.get(ClaimsFollower);
      await Promise.all([follower.follow(), follower.follow()]);
      expect(await permissions()).toEqual([['b:read'], ['a:read']]);
      await tell('organization.created', organization(1, { id: EVE }));
      await tell('role.created', role(2, ['c:read']));
      await follower.follow();
      expect(await permissions()).toEqual([['b:read'], ['c:read']]);
      expect(await stage.ended()).toEqual([]);
    });

    it('ask for running sessions to follow where something changed, and only then', async () => {
      await tell('role.created', role(1, ['a:read']));
      await tell('role.updated', role(2, ['a:read']));
      await tell('organization_role.created', role(2, ['b:read'], { organization_id: ACME }));
      expect(await stage.ended()).toEqual([
        'permissions : claims_changed',
        `permissions ${ACME}: claims_changed`,
      ]);
    });
  });

  describe('certificates', () => {
    const DAY = 86_400;
    const certificate = (expires: number, changes: object = {}) => ({
      connection: { id: OKTA, organization_id: ACME },
      certificate: {
        certificate_type: 'ResponseSigning',
        expiry_date: new Date(Date.now() + expires * DAY * 1000).toISOString(),
      },
      days_until_expiry: expires,
      ...changes,
    });
    const required = (days: number, second: number, changes: object = {}) =>
      stage.tell('connection.saml_certificate_renewal_required', certificate(days, changes), at(second));
    const warned = async () =>
      (
        await stage.rows<{ reason: string }>(
          `select reason from audit_events where action = 'certificate.expiring' order by id`,
        )
      ).map(({ reason }) => reason);

    it('are listed with the days that are left, the next to end first', async () => {
      await required(30, 1);
      await required(3, 1, { connection: { id: ENTRA, organization_id: ACME } });
      await required(1, 1, { connection: { id: 'conn_other', organization_id: EVE } });
      const listed = await stage.get(CertificatesService).ofOrganization(ACME);
      expect(listed.map(({ connectionId, daysLeft }) => [connectionId, daysLeft])).toEqual([
        [ENTRA, 3],
        [OKTA, 30],
      ]);
    });

    it('are warned of once at each threshold, on however many nodes, and no more once renewed', async () => {
      const service = stage.get(CertificatesService);
      await required(80, 1);
      await Promise.all([service.watch(), service.watch(), service.watch()]);
      expect(await warned()).toEqual(['within_90_days']);
      const [known] = await stage.rows<{ expires_at: Date }>(
        'select expires_at from connection_certificates',
      );
      // WorkOS repeats itself: the same certificate, told of again.
      await stage.tell(
        'connection.saml_certificate_renewal_required',
        certificate(80, {
          certificate: { certificate_type: 'ResponseSigning', expiry_date: known?.expires_at.toISOString() },
        }),
        at(2),
      );
      await service.watch();
      expect(await warned()).toEqual(['within_90_days']);
      await stage.rows(
        `update connection_certificates set expires_at = now() + interval '6 days' returning 1`,
      );
      await service.watch();
      await service.watch();
      expect(await warned()).toEqual(['within_90_days', 'within_7_days']);
      expect(await stage.get(Exposition).text()).toContain(
        'gatehouse_certificates_warnings_total{days="7"} 1\n',
      );
      await stage.tell(
        'connection.saml_certificate_renewed',
        certificate(0, { renewed_at: new Date().toISOString() }),
        at(9),
      );
      await service.watch();
      expect(await service.ofOrganization(ACME)).toEqual([]);
      await required(60, 8);
      expect(await service.ofOrganization(ACME)).toEqual([]);
      await required(60, 10);
      await service.watch();
      expect(await warned()).toEqual(['within_90_days', 'within_7_days', 'within_90_days']);
    });

    it('are known again from the renewal on, where WorkOS names the end of the new one', async () => {
      const service = stage.get(CertificatesService);
      await required(7, 1);
      await service.watch();
      const renewal = certificate(1095, { renewed_at: new Date().toISOString() });
      await stage.tell('connection.saml_certificate_renewed', renewal, at(2));
      await service.watch();
      const listed = await service.ofOrganization(ACME);
      expect(listed.map(({ connectionId, daysLeft }) => [connectionId, daysLeft])).toEqual([[OKTA, 1095]]);
      expect(await warned()).toEqual(['within_7_days']);
    });

    it('are warned of in time, however many others have been', async () => {
      await stage.rows(`
        insert into connection_certificates (connection_id, organization_id, type, expires_at, warned_days, version)
        select 'conn_' || n, 'org_' || n, 'ResponseSigning', now() + interval '20 days', 30, '' from generate_series(1, 600) n
        returning 1`);
      await required(29, 1);
      await stage.get(CertificatesService).watch();
      expect(await warned()).toEqual(['within_30_days']);
    });

    it('go with their organization, and nobody is warned of them', async () => {
      await required(30, 1);
      await required(30, 1, { connection: { id: 'conn_other', organization_id: EVE } });
      await tell('connection.activated', connection(1));
      await tell('organization.deleted', organization(1), 2);
      await stage.get(CertificatesService).watch();
      expect(await stage.rows('select organization_id from connection_certificates')).toEqual([
        { organization_id: EVE },
      ]);
      expect((await audits()).map(({ organization_id: id }) => id)).toEqual([EVE]);
    });

    it('go with what the API no longer has', async () => {
      await repository.save(record(1), nothing, at(1));
      await required(30, 2);
      await repository.save(record(2, { connections: [] }), await repository.snapshot(ACME), at(2));
      expect(await stage.rows('select 1 from connection_certificates')).toEqual([]);
    });

    it('go with their connection, and do not come back', async () => {
      await required(30, 1);
      await tell('connection.deleted', connection(1), 2);
      await required(20, 3);
      expect(await stage.rows('select 1 from connection_certificates')).toEqual([]);
    });
  });
});
