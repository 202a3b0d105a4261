import { html, page, type Html } from '../html.js';
import type { Sandbox } from '../sandbox.js';
import type { Directory, DirectoryGroup, DirectoryUser } from './directory.model.js';

const AT = '/_sandbox/directories';

/** The customers' directories: what their administrators see at Okta or Entra ID. */
export function directoriesPage({ state }: Pick<Sandbox, 'state'>): string {
  const { directories, organizations } = state;
  return page(
    'Directories',
    html`<h1>Directories</h1>
      <p>
        Where each customer keeps its people. Every change here is an event, sent to the webhooks at once.
      </p>
      ${directories.map((directory) => directorySection(state, directory))}
      ${directories.length === 0 && html`<p class="quiet">None.</p>`}
      <form class="card" method="post" action="${AT}">
        <h2>Connect a directory</h2>
        <label for="organization_id">Organization</label>
        <select id="organization_id" name="organization_id">
          ${organizations.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}
        </select>
        <label for="directory-name">Name</label>
        <input id="directory-name" name="name" value="Directory" required />
        <button>Connect</button>
      </form>`,
  );
}

function directorySection(state: Sandbox['state'], directory: Directory): Html {
  const inside = ({ directoryId }: { directoryId: string }): boolean => directoryId === directory.id;
  const users = state.directoryUsers.filter(inside);
  const former = state.formerDirectoryUsers.filter(inside);
  const groups = state.directoryGroups.filter(inside);
  const organization = state.organization(directory.organizationId)?.name;
  const other = directory.state === 'active' ? 'inactive' : 'active';
  return html`<h2>${organization}: ${directory.name}</h2>
    <p class="quiet">${directory.type}, ${directory.state}, <code>${directory.id}</code></p>
    ${users.map((user) => person(user, groups))} ${former.map(formerPerson)}
    <form class="card" method="post" action="${AT}/${directory.id}/users">
      <h3>Add a person</h3>
      <label for="email-${directory.id}">E-mail</label>
      <input id="email-${directory.id}" name="email" type="email" required />
      <label for="first-${directory.id}">First name</label>
      <input id="first-${directory.id}" name="first_name" />
      <label for="last-${directory.id}">Last name</label>
      <input id="last-${directory.id}" name="last_name" />
      <label for="group-${directory.id}">Group</label>
      <select id="group-${directory.id}" name="groups">
        <option value="">none</option>
        ${groups.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}
      </select>
      <button>Add</button>
    </form>
    <section class="card">
      <h3>Groups</h3>
      ${groups.map((group) => groupForm(group, users))}
      <form method="post" action="${AT}/${directory.id}/groups">
        <label for="new-group-${directory.id}">New group</label>
        <input id="new-group-${directory.id}" name="name" required />
        <button>Add the group</button>
      </form>
    </section>
    <section class="card">
      <h3>The directory itself</h3>
      <form method="post" action="${AT}/${directory.id}">
        <button class="quiet" name="state" value="${other}">Make ${other}</button>
      </form>
      <form method="post" action="${AT}/${directory.id}/delete">
        <button class="quiet">Delete the directory: one event for all of them</button>
      </form>
    </section>`;
}

function fullName({ firstName, lastName, email }: DirectoryUser): string {
  return [firstName, lastName].filter(Boolean).join(' ') || (email ?? 'nameless');
}

function person(user: DirectoryUser, groups: readonly DirectoryGroup[]): Html {
  const at = `${AT}/users/${user.id}`;
  const access =
    user.state === 'active'
      ? html`<button class="quiet" formaction="${at}/suspend" name="as" value="inactive">
            Suspend: stays, inactive
          </button>
          <button class="quiet" formaction="${at}/suspend" name="as" value="delete">
            Suspend: goes from the directory
          </button>`
      : html`<button class="quiet" formaction="${at}/reactivate">Reactivate</button>`;
  return html`<section class="card">
    <h3>${fullName(user)} ${user.state === 'inactive' && html`<span class="problem">suspended</span>`}</h3>
    <p class="quiet">${user.email}, <code>${user.id}</code></p>
    <form method="post" action="${at}/delete">${access} <button class="quiet">Delete</button></form>
    ${groups.map((group) => membership(user, group, at))}
    <details>
      <summary>Change the e-mail</summary>
      <form method="post" action="${at}">
        <label for="email-${user.id}">E-mail</label>
        <input id="email-${user.id}" name="email" type="email" value="${user.email}" required />
        <button>Save</button>
      </form>
    </details>
  </section>`;
}

function membership(user: DirectoryUser, group: DirectoryGroup, at: string): Html {
  const isMember = user.groupIds.includes(group.id);
  return html`<form
    class="inline"
    method="post"
    action="${at}/groups/${group.id}/${isMember ? 'remove' : 'add'}"
  >
    <button class="${isMember ? '' : 'quiet'}" aria-pressed="${String(isMember)}">${group.name}</button>
  </form>`;
}

function formerPerson(user: DirectoryUser): Html {
  return html`<section class="card">
    <h3>${fullName(user)} <span class="problem">gone</span></h3>
    <p class="quiet">${user.email}</p>
    <form method="post" action="${AT}/users/${user.id}/reactivate">
      <button class="quiet">Bring back, as a new person</button>
    </form>
  </section>`;
}

function groupForm(group: DirectoryGroup, users: readonly DirectoryUser[]): Html {
  const members = users.filter(({ groupIds }) => groupIds.includes(group.id)).map(fullName);
  return html`<form method="post" action="${AT}/groups/${group.id}/delete">
    <p><strong>${group.name}</strong> <span class="quiet">${members.join(', ') || 'nobody'}</span></p>
    <button class="quiet">Delete ${group.name}</button>
  </form>`;
}
