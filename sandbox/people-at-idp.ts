import type { DirectoryUser } from './directories/directory.model.js';
import type { TestIdpPerson } from './idp/people.js';
import { stableId } from './ids.js';
import type { Connection } from './model.js';
import { domainOf, isVerifiedDomain, type SandboxState } from './state.js';

/**
 * Whom the Test Identity Provider of a connection offers: the organization's members, as guests everybody whose e-mail
 * domain no organization owns, and the people of its directories. Somebody whom the directory has suspended or lost
 * stays, since the service must refuse them whatever an identity provider says.
 */
export function peopleAt(state: SandboxState, connection: Connection): TestIdpPerson[] {
  const { organizationId } = connection;
  const organization = state.organization(organizationId);
  const listed = [...state.directoryUsers, ...state.formerDirectoryUsers].filter(
    (user) => user.organizationId === organizationId && user.email !== null,
  );
  const users = state.users.flatMap((user) => {
    const membership = state.memberships.find(
      (candidate) => candidate.userId === user.id && candidate.organizationId === organizationId,
    );
    const domain = domainOf(user.email);
    if (!membership && state.ownerOfDomain(domain)) return [];
    const isGuest = organization === undefined || !isVerifiedDomain(organization, domain);
    const { email, firstName, lastName } = user;
    const entry = listed.find((candidate) => candidate.email?.toLowerCase() === email.toLowerCase());
    const idpId = entry?.idpId ?? stableId('idp', connection.id, email.toLowerCase());
    const note = (entry && left(entry, state)) ?? (isGuest ? 'guest' : (membership?.role ?? ''));
    return [{ email, firstName: firstName ?? '', lastName: lastName ?? '', idpId, note }];
  });
  const known = new Set(users.map(({ email }) => email.toLowerCase()));
  return [...users, ...listed.flatMap((entry) => fromDirectory(entry, known, state))];
}

function left(entry: DirectoryUser, state: SandboxState): string | undefined {
  if (!state.directoryUsers.includes(entry)) return 'gone from the directory';
  return entry.state === 'inactive' ? 'suspended in the directory' : undefined;
}

function fromDirectory(entry: DirectoryUser, known: Set<string>, state: SandboxState): TestIdpPerson[] {
  const { email, firstName, lastName, idpId } = entry;
  if (email === null || known.has(email.toLowerCase())) return [];
  known.add(email.toLowerCase());
  const note = left(entry, state) ?? 'directory';
  return [{ email, firstName: firstName ?? '', lastName: lastName ?? '', idpId, note }];
}
