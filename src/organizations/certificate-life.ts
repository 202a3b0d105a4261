/** Days before the end at which an administrator is told, each once; the last one when it is over. */
export const WARNING_DAYS = [90, 30, 7, 0] as const;

const DAY = 86_400_000;

/** Whole days that are left, rounded up: 0 from the end on. */
export function daysLeft(expiresAt: Date, now: Date): number {
  return Math.max(0, Math.ceil((expiresAt.getTime() - now.getTime()) / DAY));
}

/** The warning that is due, `null` where none is or it was given. After a long silence only the most urgent one counts. */
export function warningDue(left: number, warnedDays: number | null): number | null {
  const due = WARNING_DAYS.findLast((days) => left <= days);
  return due !== undefined && (warnedDays === null || due < warnedDays) ? due : null;
}
