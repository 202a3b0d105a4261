import { z } from 'zod';
import type { RawWorkosEvent } from './workos-event.js';

const envelope = z.object({
  id: z.string().regex(/^event_[0-9A-Za-z_-]{1,64}$/),
  event: z.string().regex(/^[a-z_]{1,64}(?:\.[a-z_]{1,64}){1,4}$/),
  data: z.record(z.string(), z.unknown()),
  created_at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
});

/** Reads what stands around the payload of an event; `null` where this is none. */
export function readEnvelope(json: unknown): RawWorkosEvent | null {
  const { success, data } = envelope.safeParse(json);
  if (!success) return null;
  return { id: data.id, event: data.event, data: data.data, createdAt: data.created_at };
}
