import { describe, expect, it } from '@jest/globals';
import { cursorId, pageOf, pageQuery } from './pagination.js';

const id = (last: string) => `invoice_01HGATEH0VSE0000000000000${last}`;
const rows = (count: number) => [...'ABCDEFGHJK'].slice(0, count).map((last) => ({ id: id(last) }));
const encoded = (text: string) => Buffer.from(text).toString('base64url');

describe('a page of a list', () => {
  it('is the last one where no row is left over', () => {
    expect(pageOf(rows(3), 3)).toEqual({ data: rows(3), nextCursor: null });
    expect(pageOf([], 3)).toEqual({ data: [], nextCursor: null });
  });

  it('leads on after its last row where one more was found', () => {
    const page = pageOf(rows(4), 3);
    expect(page.data).toEqual(rows(3));
    expect(cursorId({ limit: 3, cursor: page.nextCursor ?? '' })).toBe(id('C'));
  });

  it('begins at the beginning without a cursor', () => {
    expect(cursorId({ limit: 20 })).toBeUndefined();
  });
});

describe('a cursor', () => {
  it.each([
    '',
    'x',
    '!!!',
    encoded(''),
    encoded('invoice_'),
    encoded('01HGATEH0VSE0000000000000A'),
    encoded(`${id('A')} `),
    encoded(`${id('A')}\n`),
    encoded(id('a')),
    encoded(id('I')),
    encoded("invoice_' or 1=1 --"),
    encoded(`${id('A')}' or '1'='1`),
    encoded('../../etc/passwd'),
  ])('that the service did not give is refused: %j', (cursor) => {
    expect(() => cursorId({ limit: 20, cursor })).toThrow(
      expect.objectContaining({ code: 'invalid_request', status: 400 }),
    );
  });
});

describe('the query of a list', () => {
  it.each([
    [{}, 20],
    [{ limit: '1' }, 1],
    [{ limit: '100' }, 100],
  ])('%j asks for %d rows', (query, limit) => {
    expect(pageQuery.parse(query)).toEqual({ limit });
  });

  it.each([
    [{ limit: '0' }],
    [{ limit: '101' }],
    [{ limit: '-1' }],
    [{ limit: '1.5' }],
    [{ limit: '' }],
    [{ limit: 'ten' }],
    [{ limit: 'Infinity' }],
    [{ limit: ['1', '2'] }],
    [{ cursor: ['a', 'b'] }],
    [{ cursor: 'a'.repeat(201) }],
    [{ offset: '1' }],
  ])('%j is refused', (query) => {
    expect(pageQuery.safeParse(query).success).toBe(false);
  });
});
