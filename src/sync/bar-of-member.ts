import { passesGate } from '../directories/standing.js';
import type { StoredMember } from './members.repository.js';

export type MemberBar = 'account_deactivated' | 'guest_not_allowed' | 'group_required';

/** What keeps a member from acting for their organization; `null` where nothing does. */
export function barOf(
  { status, groups }: Pick<StoredMember, 'status' | 'groups'>,
  isUnwelcomeGuest: boolean,
  requiredGroups: readonly string[],
): MemberBar | null {
  if (status !== 'active') return 'account_deactivated';
  if (isUnwelcomeGuest) return 'guest_not_allowed';
  return passesGate(groups, requiredGroups) ? null : 'group_required';
}
