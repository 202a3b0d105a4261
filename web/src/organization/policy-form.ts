import type { Connection, GuestRule, Policy } from './organization-api.js';

const GUEST_RULES: readonly GuestRule[] = ['allow', 'deny'];

/** How a connection's own rule on guests is named in the form. */
export const guestsField = (connectionId: string) => `guests ${connectionId}`;

/** Everything that the form says, as a policy. `null` where a line of the roles is not "group = role". */
export function readForm(form: FormData, connections: readonly Connection[]): Policy | null {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const lines = (name: string) =>
    text(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const choice = <Value extends string>(name: string, values: readonly Value[]): Value | null =>
    values.find((value) => value === text(name)) ?? null;
  const seconds = (name: string, unit: number) =>
    text(name) === '' ? null : Math.round(Number(text(name)) * unit);
  const groupRoles = lines('groupRoles').map(splitLine);
  if (groupRoles.includes(null)) return null;
  const ownRules = connections.flatMap(({ id }): [string, GuestRule][] => {
    const rule = choice(guestsField(id), GUEST_RULES);
    return rule === null ? [] : [[id, rule]];
  });
  return {
    ssoRequired: form.has('ssoRequired'),
    guests: choice('guests', GUEST_RULES),
    connectionGuests: Object.fromEntries(ownRules),
    idpInitiated: choice('idpInitiated', ['restart', 'allow', 'deny']),
    idleTimeout: seconds('idleTimeout', 60),
    absoluteTimeout: seconds('absoluteTimeout', 3600),
    justInTime: form.has('justInTime'),
    defaultRole: text('defaultRole') || null,
    groupRoles: Object.fromEntries(groupRoles.filter((pair) => pair !== null)),
    requiredGroups: lines('requiredGroups'),
  };
}

/** What the form changes of what is stored. */
export function changeOf(stored: Policy, wanted: Policy): Partial<Policy> {
  const names = Object.keys(wanted) as (keyof Policy)[];
  const changed = names.filter((name) => JSON.stringify(stored[name]) !== JSON.stringify(wanted[name]));
  return Object.fromEntries(changed.map((name) => [name, wanted[name]]));
}

/** Names of groups may hold an equals sign, those of roles may not. */
function splitLine(line: string): [string, string] | null {
  const at = line.lastIndexOf('=');
  const [group, role] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  return at > 0 && group !== '' && /^[a-z0-9][a-z0-9_-]{0,63}$/.test(role) ? [group, role] : null;
}
