import type { RawWorkosEvent } from '../identity/workos-event.js';
import { isAccount } from './account-events.js';

/** What is done first of what is due. */
export const URGENCIES = [0, 1, 2, 3] as const;
export type Urgency = (typeof URGENCIES)[number];

const ENDS = /\.(?:deleted|deactivated|revoked|user_removed)$/;

/**
 * What takes somebody's access away goes before the rest, and what has just happened before what a reconciliation tells of
 * everything there is. Only a hint: whatever is done first, the copy comes out the same (`versionOf`).
 */
export function urgencyOf(event: RawWorkosEvent): Urgency {
  if (isAccount(event)) return endsAccess(event) ? 2 : 3;
  return endsAccess(event) ? 0 : 1;
}

function endsAccess({ event, data }: RawWorkosEvent): boolean {
  if (ENDS.test(event) || data['status'] === 'inactive') return true;
  return event.startsWith('dsync.user.') && data['state'] !== 'active';
}
