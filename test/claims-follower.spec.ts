import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ProblemError } from '../src/common/problem-error.js';
import { SessionGrants } from '../src/sessions/session-grants.service.js';
import { ClaimsFollower } from '../src/sync/claims-follower.js';
import { EventStage } from './support/event-stage.js';
import { second } from './support/event-payloads.js';

const ORGANIZATIONS = 35;

describe('a role of every organization that changes', () => {
  let stage: EventStage;
  let follower: ClaimsFollower;
  beforeAll(async () => {
    stage = await EventStage.open();
    follower = stage.get(ClaimsFollower);
  }, 20_000);
  afterAll(() => stage.close());
  beforeEach(async () => {
    await stage.clear();
    await stage.rows(`
      insert into organizations (id, name, synced_at)
        select 'org_' || lpad(n::text, 2, '0'), '', now() from generate_series(1, ${ORGANIZATIONS + 1}) as n`);
    // The last one has nobody.
    await stage.rows(`
      insert into memberships (user_id, organization_id, roles, updated_at)
        select 'user_' || n, 'org_' || lpad(n::text, 2, '0'), '{}', now() from generate_series(1, ${ORGANIZATIONS}) as n`);
    await stage.tell('role.updated', {
      id: 'role_1',
      slug: 'admin',
      permissions: ['a:read'],
      created_at: second(0),
      updated_at: second(1),
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Whose sessions were walked through, in order. */
  const walked = (before: (id: string, nth: number) => Promise<void> | void = () => undefined) => {
    const ids: string[] = [];
    jest.spyOn(stage.get(SessionGrants), 'update').mockImplementation(async ({ id }) => {
      await before(id, ids.push(id));
      return 0;
    });
    return ids;
  };
  const open = () =>
    stage.rows<{ subject_id: string }>(
      'select subject_id from revocation_outbox where done_at is null order by id',
    );

  it('is carried into each of them that has anybody, once', async () => {
    const ids = walked();
    await follower.follow();
    expect(ids).toHaveLength(ORGANIZATIONS);
    expect(new Set(ids).size).toBe(ORGANIZATIONS);
    expect(ids).not.toContain(`org_${ORGANIZATIONS + 1}`);
    expect(await open()).toEqual([]);
  });

  it('is kept as far as it came', async () => {
    let left = 0;
    walked(async (_, nth) => {
      if (nth === 31) left = (await open()).length;
    });
    await follower.follow();
    expect(left).toBeLessThanOrEqual(15);
    expect(left).toBeGreaterThan(0);
  });

  it('waits for no organization that it could not be carried into', async () => {
    walked((id) => {
      if (id === 'org_03') throw new ProblemError('store_unavailable');
    });
    await follower.follow();
    expect(await open()).toEqual([{ subject_id: 'org_03' }]);
    const again = walked();
    await follower.follow();
    expect(again).toEqual(['org_03']);
    expect(await open()).toEqual([]);
  });
});
