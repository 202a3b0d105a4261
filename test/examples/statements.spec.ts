import { afterAll, beforeAll, describe, it } from '@jest/globals';
import request from 'supertest';
import { EventInbox, EventsModule } from '../../src/events/index.js';
import {
  asApiKey,
  asMachine,
  createTestApp,
  signInAs,
  TestClock,
  type TestApp,
} from '../../src/testing/index.js';
import { aUser } from '../support/event-payloads.js';
import { until } from '../support/until.js';
import { StatementReaders, StatementsModule } from './statements.js';

describe('what the documents show', () => {
  const clock = new TestClock('2026-03-01T12:00:00Z');
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ imports: [StatementsModule, EventsModule] }, { clock });
  });
  afterAll(() => app.close());

  it('guards a route and reads the user', async () => {
    const ada = await signInAs(app, {
      user: { email: 'ada@acme.com' },
      organization: { id: 'org_acme', name: 'Acme' },
      permissions: ['invoices:read'],
    });
    await ada.get('/v1/statements').expect(200, { of: 'Acme', for: 'ada@acme.com' });
    await ada.get('/v1/statements/sample').expect(200, { for: 'ada@acme.com' });

    const alan = await signInAs(app, { organization: 'org_acme' });
    await alan.get('/v1/statements').expect(403);

    const nobody = request(app.getHttpServer());
    await nobody.get('/v1/statements').expect(401);
    await nobody.get('/v1/statements/formats').expect(200, ['pdf', 'csv']);
    await nobody.get('/v1/statements/sample').expect(200, { for: 'anybody' });
  });

  it('tells callers apart', async () => {
    const machine = await asMachine(app, {
      clientId: 'client_nightly',
      organization: 'org_acme',
      permissions: ['invoices:read'],
    });
    await machine.get('/v1/statements/requested-by').expect(200, { machine: 'client_nightly' });
    await machine.post('/v1/statements/preview').expect(403);

    const key = await asApiKey(app, {
      apiKey: { name: 'Spreadsheet' },
      organization: 'org_acme',
      permissions: ['invoices:read'],
    });
    await key.get('/v1/statements/requested-by').expect(200, { apiKey: 'Spreadsheet' });
  });

  it('asks for a proof that is not older than five minutes', async () => {
    const ada = await signInAs(app, {
      organization: 'org_acme',
      permissions: ['invoices:write'],
      provenAt: clock.now(),
    });
    await ada.delete('/v1/statements').expect(204);
    clock.move(301);
    await ada.delete('/v1/statements').expect(401);
  });

  it('lets somebody who acts as a person write where that is allowed', async () => {
    const support = await signInAs(app, {
      organization: 'org_acme',
      impersonator: { email: 'support@workos.com', reason: null },
    });
    await support.post('/v1/statements/preview').expect(201);
  });

  it('fences a tenant', async () => {
    const ada = await signInAs(app, { organization: 'org_acme', permissions: ['invoices:read'] });
    await ada.get('/v1/organizations/org_acme/statements').expect(200);
    await ada.get('/v1/organizations/org_globex/statements').expect(404);
  });

  it('handles an event', async () => {
    const event = { id: 'event_1', event: 'user.deleted', createdAt: clock.now(), data: aUser(1) };
    await app.get(EventInbox, { strict: false }).receive([event], 'webhook');
    const readers = app.get(StatementReaders, { strict: false });
    await until('the handler was called', () => readers.gone.has(event.data.id));
  });
});
