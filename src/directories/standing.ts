import { meaning, type DirectoryRecord, type KnownPerson } from './link-people.js';

/** `unknown`: no directory of the organization says anything of the person. */
export type Standing = 'active' | 'deactivated' | 'unknown';

/**
 * What an organization's directories say of a person. Where one of their records is active they are: whoever moves from one
 * directory to another is deactivated in the old one. A record that is not linked to them, but can mean nobody who is
 * active, takes access away all the same: to be on the safe side costs a person nothing that their directory gives them.
 */
export function standingOf(
  person: KnownPerson,
  records: readonly DirectoryRecord[],
  verifiedDomains: ReadonlySet<string>,
): { readonly standing: Standing; readonly own: readonly DirectoryRecord[] } {
  const here = records.filter(({ organizationId }) => organizationId === person.organizationId);
  const own = here.filter(({ userId }) => userId === person.userId);
  if (own.length > 0) {
    return { standing: own.some(({ active }) => active) ? 'active' : 'deactivated', own };
  }
  const meant = here.filter((record) => meaning(record, person, verifiedDomains) !== null);
  const gone = meant.length > 0 && meant.every(({ active }) => !active);
  return { standing: gone ? 'deactivated' : 'unknown', own };
}

export interface DirectoryGroup {
  readonly id: string;
  readonly name: string;
}

/** Whether a person with these groups passes a gate of groups, each named by its name or its id. No gate is open to all. */
export function passesGate(groups: readonly DirectoryGroup[], required: readonly string[]): boolean {
  return (
    required.length === 0 || groups.some(({ id, name }) => required.includes(id) || required.includes(name))
  );
}
