import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { breakGlassCommand } from '../src/auth/break-glass/break-glass.command.js';
import { MembersService } from '../src/sync/members.service.js';
import {
  ACME,
  aDirectory,
  aDirectoryUser,
  aMembership,
  aUser,
  adasProfile,
  second,
} from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';

const [OKTA, ENTRA] = ['conn_01HGATEH0VSEACMEQKTA000001', 'conn_01HGATEH0VSEACMEENTRA00001'];
const STRANGER = 'user_01HGATEH0VSEN0B0DY00000001';

describe('whom an emergency pass is for', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open('sso');
  }, 20_000);
  beforeEach(async () => {
    await stage.rows(`insert into organizations (id, name, synced_at) values ('${ACME}', 'Acme', now())`);
    await stage.verifyDomain(ACME, 'acme.com');
    for (const id of [OKTA, ENTRA]) await stage.tell('connection.activated', connection(id), second(1));
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  const connection = (id: string) => ({
    object: 'connection',
    id,
    organization_id: ACME,
    name: id,
    connection_type: 'OktaSAML',
    state: 'active',
    domains: [],
    created_at: second(0).toISOString(),
    updated_at: second(1).toISOString(),
  });
  const goes = (id: string) => stage.tell('connection.deleted', connection(id), second(9));
  const comesBy = async (connectionId: string, email = 'ada@acme.com') => {
    const profile = adasProfile(connectionId, {
      idpId: `ada at ${connectionId}`,
      profileId: `${connectionId} ada`,
    });
    return (await stage.signIn({ ...profile, email }, ACME)).userId;
  };
  const command = (email = 'ada@acme.com', ...more: string[]) =>
    breakGlassCommand({ databaseUrl: stage.url, appUrl: 'https://app.acme.com' }, [
      '--organization',
      ACME,
      '--email',
      email,
      '--reason',
      'Entra is down',
      ...more,
    ]);
  const passes = () => stage.rows<{ user_id: string }>('delete from break_glass_passes returning user_id');
  const refusals = () =>
    stage.rows<{ reason: string; user_id: string | null }>(
      `select reason, user_id from audit_events where action = 'break_glass.refused'`,
    );

  it('is whoever came by the connection that is there, not by the one that it replaced', async () => {
    await comesBy(OKTA);
    const now = await comesBy(ENTRA);
    await goes(OKTA);
    expect(await command()).toMatchObject({ exitCode: 0, text: expect.stringContaining(now) });
    expect(await passes()).toEqual([{ user_id: now }]);
  });

  it('is whoever came by a connection that is gone, where nobody came by another one', async () => {
    const ada = await comesBy(OKTA);
    await goes(OKTA);
    expect(await command()).toMatchObject({ exitCode: 0 });
    expect(await passes()).toEqual([{ user_id: ada }]);
  });

  it('is not whom the connection knew that is gone, once they are deactivated', async () => {
    await comesBy(OKTA);
    const now = await comesBy(ENTRA);
    await goes(OKTA);
    await stage.rows(`update memberships set status = 'inactive' where user_id = '${now}' returning 1`);
    expect(await command()).toMatchObject({ exitCode: 1, text: expect.stringMatching(/deactivated/) });
    expect(await refusals()).toEqual([{ reason: 'account_deactivated', user_id: now }]);
  });

  it('is said by the operator where it may be several', async () => {
    const [one, other] = [await comesBy(OKTA), await comesBy(ENTRA)];
    const asked = await command();
    expect(asked).toMatchObject({ exitCode: 1, text: expect.stringMatching(/more than one member/) });
    const last = String.raw`, last signed in \d{4}-\d\d-\d\dT`;
    expect(asked.text).toMatch(new RegExp(`--user ${one}   by ${OKTA}${last}`));
    expect(asked.text).toMatch(new RegExp(`--user ${other}   by ${ENTRA}${last}`));
    expect(await command('ada@acme.com', '--user', other)).toMatchObject({ exitCode: 0 });
    expect(await passes()).toEqual([{ user_id: other }]);
    expect(await command('ada@acme.com', '--user', STRANGER)).toMatchObject({ exitCode: 1 });
    expect(await passes()).toEqual([]);
  });

  it('is nobody who is suspended in their directory, by whichever of their accounts', async () => {
    await comesBy(OKTA);
    await stage.tell('dsync.activated', aDirectory(1), second(1));
    await stage.tell('dsync.user.created', aDirectoryUser(1), second(1));
    await comesBy(ENTRA);
    await stage.tell('dsync.user.updated', aDirectoryUser(4, { state: 'suspended' }), second(4));
    expect(await command()).toMatchObject({ exitCode: 1, text: expect.stringMatching(/deactivated/) });
    const { data } = await stage.get(MembersService).list(ACME, 20, undefined);
    expect(data.map(({ status }) => status)).toEqual(['deactivated', 'deactivated']);
    for (const { id } of data)
      expect(await stage.get(MembersService).find(ACME, id)).toMatchObject({ status: 'deactivated' });
  });

  it('is nobody who is in no group that they need', async () => {
    await comesBy(OKTA);
    await stage.setPolicy(ACME, { requiredGroups: ['Engineering'] });
    expect(await command()).toMatchObject({ exitCode: 1, text: expect.stringMatching(/none of the groups/) });
  });

  it('is no guest where the organization keeps them out', async () => {
    await comesBy(OKTA, 'pat@partner.example');
    expect(await command('pat@partner.example')).toMatchObject({ exitCode: 0 });
    await stage.setPolicy(ACME, { guests: 'deny' });
    expect(await command('pat@partner.example')).toMatchObject({
      exitCode: 1,
      text: expect.stringMatching(/guest/),
    });
  });

  it('is nobody who was invited only', async () => {
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('organization_membership.created', aMembership(1, { status: 'pending' }), second(1));
    expect(await command()).toMatchObject({ exitCode: 1, text: expect.stringMatching(/nobody/) });
    expect(await refusals()).toEqual([{ reason: 'not_a_member', user_id: null }]);
  });
});
