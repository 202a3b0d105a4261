import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkosEventName } from '../src/identity/workos-event.js';
import {
  ACME,
  ADA,
  aDirectory,
  aDirectoryUser,
  aGroup,
  aMembership,
  aUser,
  EVE,
  GLOBEX,
  inGroup,
  second,
} from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';

/** Globex's directory, which says whatever its administrator wants it to say. */
const theirs = { directory_id: 'directory_globex', organization_id: GLOBEX };
const theirUser = (changes: object = {}) =>
  aDirectoryUser(9, { ...theirs, id: 'directory_user_eve', ...changes });
const theirGroup = (changes: object = {}) =>
  aGroup(9, { ...theirs, id: 'directory_group_globex', ...changes });

describe("what another tenant's directory says of our people", () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open();
  });
  beforeEach(async () => {
    await stage.verifyDomain(ACME, 'acme.com');
    // The worst case: they had our domain verified too.
    await stage.verifyDomain(GLOBEX, 'acme.com');
    for (const organization of [ACME, GLOBEX])
      await stage.setPolicy(organization, { requiredGroups: ['Engineering'] });
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('user.created', aUser(1, { id: EVE, email: 'eve@globex.com' }), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    const eve = { id: 'om_eve', user_id: EVE, organization_id: GLOBEX };
    await stage.tell('organization_membership.created', aMembership(1, eve), second(1));
    await stage.tell('dsync.activated', aDirectory(1), second(1));
    await stage.tell(
      'dsync.activated',
      aDirectory(1, { id: 'directory_globex', organization_id: GLOBEX }),
      second(1),
    );
    await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
    await stage.tell('dsync.group.created', aGroup(2), second(2));
    await stage.tell('dsync.group.user_added', inGroup(), second(2));
    await stage.ended();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  /** All that is known of Acme and of Ada. */
  const ours = async () => ({
    users: await stage.rows(`select * from users where id = '${ADA}'`),
    memberships: await stage.rows(`select * from memberships where organization_id = '${ACME}'`),
    directories: await stage.rows(`select * from directories where organization_id = '${ACME}'`),
    records: await stage.rows(`select * from directory_users where organization_id = '${ACME}'`),
    groups: await stage.rows(`select * from directory_groups where organization_id = '${ACME}'`),
    members: await stage.rows(
      `select * from directory_group_members where group_id = 'directory_group_engineering'`,
    ),
    buried: await stage.rows(
      `select * from tombstones where object_id in ('directory_user_ada', 'directory_group_engineering', 'directory_acme')`,
    ),
  });

  it.each<[string, WorkosEventName, object]>([
    ['a record with our address and subject', 'dsync.user.created', theirUser()],
    ['that record, suspended', 'dsync.user.updated', theirUser({ state: 'suspended' })],
    ['that record, deleted', 'dsync.user.deleted', theirUser()],
    [
      'our record in their directory, suspended',
      'dsync.user.updated',
      theirUser({ id: 'directory_user_ada', state: 'inactive' }),
    ],
    ['our record in their directory, deleted', 'dsync.user.deleted', theirUser({ id: 'directory_user_ada' })],
    ['a group of our name', 'dsync.group.created', theirGroup()],
    [
      'our group in their directory, renamed',
      'dsync.group.updated',
      theirGroup({ id: 'directory_group_engineering', name: 'Nobody' }),
    ],
    [
      'our group in their directory, deleted',
      'dsync.group.deleted',
      theirGroup({ id: 'directory_group_engineering' }),
    ],
    [
      'our record in their group',
      'dsync.group.user_added',
      { directory_id: 'directory_globex', user: aDirectoryUser(9), group: theirGroup() },
    ],
    [
      'their record in our group',
      'dsync.group.user_added',
      { directory_id: 'directory_globex', user: theirUser(), group: aGroup(9) },
    ],
    [
      'our record out of our group, by their directory',
      'dsync.group.user_removed',
      { directory_id: 'directory_globex', user: aDirectoryUser(9), group: aGroup(9) },
    ],
    [
      'our record out of our group, which they call theirs',
      'dsync.group.user_removed',
      {
        directory_id: 'directory_globex',
        user: theirUser({ id: 'directory_user_ada' }),
        group: theirGroup({ id: 'directory_group_engineering' }),
      },
    ],
    [
      'their directory, deleted',
      'dsync.deleted',
      aDirectory(9, { id: 'directory_globex', organization_id: GLOBEX }),
    ],
    [
      'their directory, switched off',
      'dsync.deactivated',
      aDirectory(9, { id: 'directory_globex', organization_id: GLOBEX, state: 'inactive' }),
    ],
    [
      'our directory, which they call theirs, activated',
      'dsync.activated',
      aDirectory(9, { organization_id: GLOBEX }),
    ],
    [
      'our directory, which they call theirs, deleted',
      'dsync.deleted',
      aDirectory(9, { organization_id: GLOBEX }),
    ],
    [
      'their organization, deleted',
      'organization.deleted',
      { id: GLOBEX, name: 'Globex', created_at: second(0), updated_at: second(9) },
    ],
  ])('%s changes nothing of ours and ends no session', async (_what, name, data) => {
    const before = await ours();
    await stage.tell(name, data, second(9));
    expect(await ours()).toEqual(before);
    const ended = await stage.ended();
    expect(ended.filter((line) => line.includes(ACME) || line.includes(ADA))).toEqual([]);
    expect(ended.filter((line) => line.includes('directory_acme'))).toEqual([]);
  });
});
