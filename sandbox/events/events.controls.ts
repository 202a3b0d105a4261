import express, { Router } from 'express';
import { z } from 'zod';
import { done, read } from '../controls.http.js';
import type { Sandbox } from '../sandbox.js';
import { eventWire } from '../wire.js';

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const dropSchema = z.strictObject({ before: moment.optional() });
const eventSchema = z.strictObject({
  event: z.string().min(1),
  data: z.record(z.string(), z.unknown()),
  organization_id: z.string().nullable().default(null),
});

/** Events that no change made, and events that WorkOS keeps no longer. */
export function eventControls({ state, clock }: Pick<Sandbox, 'state' | 'clock'>): Router {
  const router = express.Router();
  router.post('/', (request, response) => {
    const { event, data, organization_id: organizationId } = read(eventSchema, request);
    state.record(event, data, organizationId);
    const recorded = state.events.at(-1);
    done(request, response, recorded && eventWire(recorded, state.clientId));
  });
  router.post('/drop', (request, response) => {
    // Without a moment: all of them, the last millisecond's too.
    state.log.dropBefore(read(dropSchema, request).before ?? new Date(clock.now().getTime() + 1));
    done(request, response, { events: state.events.length });
  });
  return router;
}
