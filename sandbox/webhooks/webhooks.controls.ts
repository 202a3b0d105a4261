// oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes a rejected promise on to the error handler
import express, { Router } from 'express';
import { z } from 'zod';
import { notFound } from '../api-error.js';
import { done, read } from '../controls.http.js';
import type { Wire } from '../model.js';
import type { Sandbox } from '../sandbox.js';
import { switchesSchema } from './webhook-switches.js';
import type { Delivery, WebhookEndpoint, Webhooks } from './webhooks.js';

const endpointSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().min(1).optional(),
  events: z.array(z.string()).optional(),
});

/** Masked, as WorkOS shows a secret after it was made. */
function endpointWire({ id, url, secret, events }: WebhookEndpoint): Wire {
  return { id, url, secret: `${secret.slice(0, 6)}...`, events };
}

function deliveryWire(delivery: Delivery): Wire {
  const { id, endpointId, eventId, event, outcome, attempts } = delivery;
  return { id, endpoint_id: endpointId, event_id: eventId, event, outcome, attempts };
}

export function webhooksWire(webhooks: Webhooks): Wire {
  return { endpoints: webhooks.endpoints.map(endpointWire), switches: webhooks.switches };
}

/** Endpoints, switches and deliveries of the webhooks. */
export function webhookControls({ webhooks, state }: Pick<Sandbox, 'webhooks' | 'state'>): Router {
  const router = express.Router();

  router.get('/', (_request, response) => void response.json(webhooksWire(webhooks)));
  router.post('/', (request, response) => {
    webhooks.turn(read(switchesSchema, request));
    done(request, response, webhooksWire(webhooks));
  });

  router.post('/endpoints', (request, response) => {
    const { url, secret, events } = read(endpointSchema, request);
    const given = { url, ...(secret !== undefined && { secret }), ...(events && { events }) };
    done(request, response, endpointWire(webhooks.register(given)));
  });
  router.delete('/endpoints/:id', ({ params: { id } }, response) => {
    if (!webhooks.endpoints.some((endpoint) => endpoint.id === id)) throw notFound('webhook endpoint', id);
    webhooks.remove(id);
    response.json(webhooksWire(webhooks));
  });

  router.get('/deliveries', (_request, response) => {
    response.json({ data: webhooks.deliveries.map(deliveryWire) });
  });
  router.post('/resend/:eventId', async (request, response) => {
    const { eventId } = request.params;
    const event = state.events.find(({ id }) => id === eventId);
    if (!event) throw notFound('event', eventId);
    webhooks.resend(event);
    await webhooks.flush();
    done(request, response, { data: webhooks.deliveries.map(deliveryWire) });
  });
  router.post('/flush', async (request, response) => {
    await webhooks.flush();
    done(request, response, { data: webhooks.deliveries.map(deliveryWire) });
  });

  return router;
}
