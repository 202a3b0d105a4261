import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SUBJECT_KINDS, type Invalidation } from './invalidation-bus.port.js';

/** The name on every transport. */
export const CHANNEL = 'gatehouse_invalidations';

const message = z.union([
  z.object({ kind: z.literal('session'), tokenHash: z.string() }),
  z
    .object({
      kind: z.enum(SUBJECT_KINDS),
      id: z.string(),
      exceptSessionId: z.string().optional(),
    })
    // JSON has no `undefined`: a member that is missing is missing.
    .transform(({ exceptSessionId, ...subject }) =>
      exceptSessionId === undefined ? subject : { ...subject, exceptSessionId },
    ),
]);
const beat = z.object({ beat: z.string() });

/** Which node a heartbeat belongs to. */
export function newNodeId(): string {
  return randomUUID();
}

export function encodeBeat(nodeId: string): string {
  return JSON.stringify({ beat: nodeId });
}

export function encodeMessage(invalidation: Invalidation): string {
  return JSON.stringify(invalidation);
}

export type Heard =
  | { readonly kind: 'beat'; readonly nodeId: string }
  | { readonly kind: 'message'; readonly message: Invalidation };

/** `null` for what is none of ours: the channel may be shared, and a newer version may say more. */
export function decode(text: string): Heard | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const asBeat = beat.safeParse(raw);
  if (asBeat.success) return { kind: 'beat', nodeId: asBeat.data.beat };
  const asMessage = message.safeParse(raw);
  return asMessage.success ? { kind: 'message', message: asMessage.data } : null;
}
