import express, { Router } from 'express';
import type { Sandbox } from '../sandbox.js';
import { eventWire } from '../wire.js';
import { eventPage } from './event-page.js';

/** The Events API. */
export function eventRoutes({ state }: Pick<Sandbox, 'state'>): Router {
  const router = express.Router();
  router.get('/events', (request, response) => {
    const { events, after } = eventPage(state.events, request.query, state.begun);
    const data = events.map((event) => eventWire(event, state.clientId));
    response.json({ object: 'list', data, list_metadata: { after } });
  });
  return router;
}
