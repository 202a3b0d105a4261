import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Exposition } from '../prometheus/exposition.js';
import { operationOf, outcomeOf, WorkosRequests } from './workos.requests.js';
import { WorkosStub } from './workos.stub.js';

describe('requests to WorkOS', () => {
  let stub: WorkosStub;
  let exposition: Exposition;
  let requests: WorkosRequests;
  beforeEach(async () => {
    stub = await WorkosStub.start();
    exposition = new Exposition();
    requests = new WorkosRequests(exposition.getMeter('test'));
  });
  afterEach(() => stub.close());

  const counts = async () =>
    (await exposition.text()).split('\n').filter((line) => line.includes('duration_count{'));

  it('are measured by what is asked and what came of it', async () => {
    stub.on('/organizations/org_01ABC', { json: {} });
    stub.on('/sso/token', { status: 400, json: {} });
    stub.on('/events', 'hang up');
    await requests.fetch(`${stub.url}/organizations/org_01ABC?x=ada@acme.com`);
    await requests.fetch(`${stub.url}/sso/token`, { method: 'POST' });
    await requests.fetch(`${stub.url}/events`).catch(() => undefined);
    expect(await counts()).toEqual([
      'gatehouse_workos_request_duration_count{operation="GET /organizations/:id",outcome="ok"} 1',
      'gatehouse_workos_request_duration_count{operation="POST /sso/token",outcome="refused"} 1',
      'gatehouse_workos_request_duration_count{operation="GET /events",outcome="unreachable"} 1',
    ]);
  });

  it.each([
    ['/user_management/users/user_01ABC/sessions', 'GET /user_management/users/:id/sessions'],
    ['/sso/jwks/client_01ABC', 'GET /sso/jwks/:id'],
    ['/organizations/external_id/acme.com', 'GET /organizations/:id/:id'],
    ['/', 'GET /'],
  ])('%s is %s', (path, operation) => {
    expect(operationOf('GET', path)).toBe(operation);
  });

  it.each([
    [200, 'ok'],
    [302, 'ok'],
    [403, 'refused'],
    [429, 'rate_limited'],
    [503, 'failed'],
  ])('an answer of %d is %s', (status, outcome) => {
    expect(outcomeOf(status)).toBe(outcome);
  });
});
