import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkosEventName } from '../src/identity/workos-event.js';
import { ACME, ADA, aMembership, aUser, GLOBEX, second } from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';

describe('people and memberships, as events tell of them', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  const people = () =>
    stage.rows<{ id: string; email: string; gone: boolean }>(
      'select id, email, deleted_at is not null as gone from users order by id',
    );
  const members = () =>
    stage.rows<{ id: string; organization_id: string; roles: string[]; status: string }>(
      'select id, organization_id, roles, status from memberships order by id',
    );

  it('knows a person before they sign in, and follows what changes', async () => {
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('user.updated', aUser(2, { email: 'ada.king@acme.com' }), second(2));
    expect(await people()).toEqual([{ id: ADA, email: 'ada.king@acme.com', gone: false }]);
    expect(await stage.ended()).toEqual([]);
  });

  it('keeps the newer account, whichever comes first', async () => {
    await stage.tell('user.updated', aUser(2, { email: 'ada.king@acme.com' }), second(2));
    await stage.tell('user.created', aUser(1), second(1));
    expect(await people()).toEqual([{ id: ADA, email: 'ada.king@acme.com', gone: false }]);
  });

  it('ends every session of a person who is deleted, and nothing late brings them back', async () => {
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    await stage.tell('user.deleted', aUser(3), second(3));
    expect(await stage.ended()).toEqual([`user ${ADA}: user_deleted`]);
    await stage.tell('user.updated', aUser(9), second(9));
    await stage.tell('organization_membership.updated', aMembership(9), second(9));
    expect([await people(), await members()]).toEqual([[{ id: ADA, email: 'ada@acme.com', gone: true }], []]);
  });

  it('lets a person be deleted while WorkOS tells of their membership: neither waits for the other', async () => {
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    const told: Promise<void>[] = [];
    await stage.holding(`person ${ACME} email ada@acme.com`, async () => {
      told.push(stage.tell('user.deleted', aUser(3), second(3)));
      await stage.lockAwaited();
      told.push(stage.tell('organization_membership.updated', aMembership(2), second(2)));
      await stage.lockAwaited(2);
    });
    await Promise.all(told);
    expect([await people(), await members()]).toEqual([[{ id: ADA, email: 'ada@acme.com', gone: true }], []]);
  });

  it('comes to the same end where the deletion is heard of first', async () => {
    await stage.tell('user.deleted', aUser(3), second(3));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    await stage.tell('user.created', aUser(1), second(1));
    expect([await people(), await members()]).toEqual([[{ id: ADA, email: 'ada@acme.com', gone: true }], []]);
  });

  it('gives a member the roles that WorkOS names, those of a newer account over those of an older', async () => {
    const admin = { role: { slug: 'admin' }, roles: [{ slug: 'member' }, { slug: 'admin' }] };
    await stage.tell('organization_membership.updated', aMembership(2, admin), second(2));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    expect(await members()).toMatchObject([
      { organization_id: ACME, roles: ['admin', 'member'], status: 'active' },
    ]);
    await stage.tell(
      'organization_membership.updated',
      aMembership(3, { roles: null, role: { slug: 'auditor' } }),
    );
    expect(await members()).toMatchObject([{ roles: ['auditor'] }]);
  });

  it.each<[WorkosEventName, object]>([
    ['organization_membership.updated', { status: 'inactive' }],
    ['organization_membership.deleted', {}],
  ])("ends a member's sessions in that organization alone with %s", async (name, changes) => {
    const elsewhere = { id: 'om_2', organization_id: GLOBEX };
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    await stage.tell('organization_membership.created', aMembership(1, elsewhere), second(1));
    await stage.tell(name, aMembership(2, changes), second(2));
    expect(await stage.ended()).toEqual([`member ${ACME}:${ADA}: membership_ended`]);
    expect(await members()).toContainEqual(
      expect.objectContaining({ organization_id: GLOBEX, status: 'active' }),
    );
  });

  it('is not revived by a late account of a membership that is over', async () => {
    await stage.tell('organization_membership.updated', aMembership(5, { status: 'inactive' }), second(5));
    await stage.tell('organization_membership.updated', aMembership(4), second(4));
    expect(await members()).toMatchObject([{ status: 'inactive' }]);
    await stage.tell('organization_membership.deleted', aMembership(6), second(6));
    await stage.tell('organization_membership.updated', aMembership(7), second(7));
    expect(await members()).toEqual([]);
  });

  it('leaves the sessions of somebody who has become a member again', async () => {
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    await stage.tell('organization_membership.created', aMembership(8, { id: 'om_2' }), second(8));
    await stage.tell('organization_membership.deleted', aMembership(7), second(7));
    expect(await stage.ended()).toEqual([]);
    expect(await members()).toMatchObject([{ id: 'om_2', organization_id: ACME }]);
  });

  it('loses the members of an organization that is deleted, those that are heard of late too', async () => {
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    await stage.tell('organization.deleted', {
      id: ACME,
      name: 'Acme',
      created_at: second(0),
      updated_at: second(2),
    });
    const late = { id: 'om_late', user_id: 'user_late' };
    await stage.tell('organization_membership.created', aMembership(9, late), second(9));
    expect(await members()).toEqual([]);
  });

  it('ends the session that ended at WorkOS', async () => {
    const session = { id: 'session_1', user_id: ADA, created_at: second(1), updated_at: second(2) };
    await stage.tell('session.revoked', session);
    expect(await stage.ended()).toEqual(['workos_session session_1: revoked_at_workos']);
  });
});
