import { describe, expect, it } from '@jest/globals';
import { chooseConnection, lastOf, readLastConnections, withLast } from './last-connections.js';

const OFFERED = [{ id: 'conn_1' }, { id: 'conn_2' }];
const last = (connectionId: string, open = false, organizationId = 'org_1') => ({
  organizationId,
  connectionId,
  open,
});

describe('the choice among several connections', () => {
  it.each([
    ['what the person says', 'conn_2', last('conn_1'), { kind: 'go', connectionId: 'conn_2' }],
    ['what let them in last', undefined, last('conn_1'), { kind: 'go', connectionId: 'conn_1' }],
    ['theirs, where nothing is known', undefined, null, { kind: 'ask', lastConnectionId: null }],
    [
      'theirs, where they did not come back',
      undefined,
      last('conn_1', true),
      { kind: 'ask', lastConnectionId: 'conn_1' },
    ],
    [
      'theirs, where the last one is gone',
      undefined,
      last('conn_9'),
      { kind: 'ask', lastConnectionId: null },
    ],
    [
      'theirs, where they say what is not offered',
      'conn_9',
      last('conn_1'),
      { kind: 'ask', lastConnectionId: 'conn_1' },
    ],
  ])('is %s', (_, wanted, known, choice) => {
    expect(chooseConnection(OFFERED, wanted, known)).toEqual(choice);
  });
});

describe('what a browser remembers', () => {
  it('is the last connection of each of five organizations', () => {
    const known = Array.from({ length: 7 }, (_, at) => last('conn_1', false, `org_${at}`)).reduce(
      withLast,
      readLastConnections(null),
    );
    expect(known.map(({ organizationId }) => organizationId)).toEqual([
      'org_6',
      'org_5',
      'org_4',
      'org_3',
      'org_2',
    ]);
    const again = withLast(known, last('conn_2', true, 'org_3'));
    expect(again).toHaveLength(5);
    expect(lastOf(again, 'org_3')).toEqual(last('conn_2', true, 'org_3'));
    expect(lastOf(again, 'org_0')).toBeNull();
  });

  it.each(['{}', '[1]', '[{"organizationId":"org_1"}]', 'null'])('is nothing where it says %s', (text) => {
    expect(readLastConnections(text)).toEqual([]);
  });
});
