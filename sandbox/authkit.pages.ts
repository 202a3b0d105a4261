import { html, page } from './html.js';
import type { Authorization, Organization, User } from './model.js';

export function emailPage({ id, loginHint, signUp }: Authorization, problem?: string): string {
  const title = signUp ? 'Create your account' : 'Sign in';
  return page(
    title,
    html`<h1>${title}</h1>
      <form class="card" method="post" action="/authkit/${id}">
        ${problem && html`<p class="problem" role="alert">${problem}</p>`}
        <label for="email">E-mail</label>
        <input
          id="email"
          name="email"
          type="email"
          value="${loginHint}"
          autocomplete="username"
          autofocus
          required
        />
        <button>Continue</button>
      </form>
      <p class="quiet">
        AuthKit's hosted page, in small. An e-mail domain with a connection goes on to its SSO.
      </p>`,
  );
}

export function signInPage({ id, loginHint }: Authorization, user: User | undefined): string {
  const names = html`<label for="first_name">First name</label>
    <input id="first_name" name="first_name" autocomplete="given-name" />
    <label for="last_name">Last name</label>
    <input id="last_name" name="last_name" autocomplete="family-name" />`;
  return page(
    'Sign in',
    html`<h1>Sign in</h1>
      <form class="card" method="post" action="/authkit/${id}/sign-in">
        <p>As <strong>${loginHint}</strong></p>
        ${!user && names}
        <button>${user ? 'Sign in' : 'Create account and sign in'}</button>
      </form>
      <p class="quiet">
        The sandbox asks for no password and sends no mail. <a href="/authkit/${id}">Another e-mail</a>
      </p>`,
  );
}

export function organizationPage(id: string, organizations: Organization[]): string {
  const choices = organizations.map(
    ({ id, name }) => html`<button name="organization_id" value="${id}">${name}</button>`,
  );
  return page(
    'Choose an organization',
    html`<h1>Choose an organization</h1>
      <form class="card people" method="post" action="/authkit/${id}/organization">${choices}</form>`,
  );
}
