import { describe, expect, it } from '@jest/globals';
import { shadowedRoutes } from './shadowed-routes.js';

/** Routes in the order in which the server has them: `GET /a`. */
function hiddenIn(...routes: string[]): string[] {
  const placed = routes.map((route, at) => {
    const [method = '', path = '', scope = ''] = route.split(' ');
    return { method, path, scope, at };
  });
  return shadowedRoutes(placed).map(({ hidden, by }) => `${hidden.path} by ${by.path}`);
}

describe('a route that no request reaches', () => {
  it.each([
    ['a literal behind a parameter', 'GET /reports/:id', 'GET /reports/export'],
    ['a parameter behind a parameter of another name', 'GET /reports/:id', 'GET /reports/:name'],
    ['the same path once more', 'POST /reports', 'POST /reports'],
    ['the same in other letters', 'GET /Reports/:id', 'GET /reports/:id'],
    ['one method behind all', 'ALL /reports/:id', 'DELETE /reports/export'],
    ['HEAD behind GET', 'GET /reports/:id', 'HEAD /reports/export'],
    ['anything behind a wildcard', 'GET /files/*path', 'GET /files/a/b'],
    ['a wildcard behind a wildcard', 'GET /files/*path', 'GET /files/a/*rest'],
    ['a path behind one with an optional part', 'GET /reports{/:id}', 'GET /reports/export'],
    ['an optional part behind both of its forms', 'GET /reports{/:id}', 'GET /reports{/export}'],
    ['everything behind everything', 'ALL /{*path}', 'GET /reports/:id'],
  ])('is %s', (_, earlier, later) => {
    expect(hiddenIn(earlier, later)).toEqual([`${later.split(' ')[1]} by ${earlier.split(' ')[1]}`]);
  });

  it.each([
    ['a parameter behind a literal', 'GET /reports/export', 'GET /reports/:id'],
    ['another method', 'GET /reports/:id', 'POST /reports/export'],
    ['all methods behind one', 'POST /logout', 'ALL /logout'],
    ['a longer path', 'GET /reports/:id', 'GET /reports/export/pdf'],
    ['a shorter path', 'GET /reports/:id', 'GET /reports'],
    ['two that only overlap', 'GET /:kind/export', 'GET /reports/:id'],
    ['a parameter behind one with a suffix', 'GET /reports/:id.json', 'GET /reports/:id'],
    ['a wildcard behind a parameter', 'GET /files/:id', 'GET /files/*path'],
    ['the root behind a wildcard', 'GET /*path', 'GET /'],
    ['an optional part behind one of its forms', 'GET /reports', 'GET /reports{/:id}'],
    ['another version or host', 'GET /reports/:id 1', 'GET /reports/export 2'],
  ])('is not %s', (_, earlier, later) => {
    expect(hiddenIn(earlier, later)).toEqual([]);
  });

  it('is found by the order of the server, whatever the order of the list', () => {
    const routes = [
      { method: 'GET', path: '/reports/export', scope: '', at: 7 },
      { method: 'GET', path: '/reports/:id', scope: '', at: 3 },
    ];
    expect(shadowedRoutes(routes)).toEqual([{ hidden: routes[0], by: routes[1] }]);
  });
});
