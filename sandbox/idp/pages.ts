import { type Html, html, page } from '../html.js';
import type { TestIdpPerson } from './people.js';

export interface Application {
  id: string;
  organizationName: string;
  people: readonly TestIdpPerson[];
  /** Where the application begins a sign-in of its own, if it is known. */
  applicationUrl?: string;
}

interface Reply {
  /** Where the choice is posted to. */
  respondUrl: string;
  relayState: string;
  requestId: string | null;
}

const TITLE = 'Test Identity Provider';

export function signInPage(
  application: Application,
  reply: Reply,
  { hint, isForced }: { hint: string; isForced: boolean },
): string {
  return page(
    TITLE,
    html`<h1>${TITLE}</h1>
      <p>
        You are at the identity provider of <strong>${application.organizationName}</strong>. There is no
        password: say who you are.
      </p>
      ${isForced && html`<p role="note">The application asks you to sign in again.</p>`}
      ${emailForm(reply, hint, 'Sign in')} ${peopleForm(application, reply, 'Sign in as')} ${errorForm(reply)}`,
  );
}

/** The identity provider's own start page: what a dashboard of tiles is at Okta. */
export function startPage(application: Application, reply: Reply): string {
  const guests = application.people.filter((person) => person.note === 'guest');
  const app =
    application.applicationUrl === undefined
      ? 'the application'
      : html`<a href="${application.applicationUrl}">the application</a>`;
  return page(
    TITLE,
    html`<h1>${TITLE} of ${application.organizationName}</h1>
      <h2>Open the application</h2>
      <p>Choose a person. The identity provider then sends an assertion that nobody asked for.</p>
      ${emailForm(reply, '', 'Open the application')}
      ${peopleForm(application, reply, 'Open the application as')}
      <h2>The four test scenarios</h2>
      <ol>
        <li>
          <h3>Service provider-initiated</h3>
          <p>
            Begin at ${app}: it sends you here with a request, you sign in, and return to where you began.
          </p>
        </li>
        <li>
          <h3>Identity provider-initiated</h3>
          <p>Begin here: the application gets a response without a request, and a callback without state.</p>
          ${application.people.slice(0, 1).map((person) => oneButton(reply, person, 'Open the application as'))}
        </li>
        <li>
          <h3>Guest e-mail domain</h3>
          <p>
            Sign in as somebody whose e-mail domain is not ${application.organizationName}'s, a freelancer for
            instance. Also works from ${app}, with the guest's button on the sign-in page.
          </p>
          ${guests.map((person) => oneButton(reply, person, 'Open the application as'))}
        </li>
        <li>
          <h3>Error response</h3>
          <p>
            The identity provider refuses and tells the application so. To see it with the application's
            state, begin at ${app} and choose "Answer with an error" here.
          </p>
          ${errorForm(reply)}
        </li>
      </ol>`,
  );
}

/** Carries the response to the application: at once where scripts run, by the button where they do not. */
export function continuePage(
  acsUrl: string,
  samlResponse: string,
  relayState: string,
  scriptUrl: string,
): string {
  return page(
    TITLE,
    html`<h1>${TITLE}</h1>
      <form id="continue" method="post" action="${acsUrl}">
        <input type="hidden" name="SAMLResponse" value="${samlResponse}" />
        <input type="hidden" name="RelayState" value="${relayState}" />
        <p>Taking you back to the application.</p>
        <button>Continue</button>
      </form>
      <script src="${scriptUrl}"></script>`,
  );
}

export function problemPage(title: string, detail: string): string {
  return page(
    title,
    html`<h1>${title}</h1>
      <p>${detail}</p>`,
  );
}

function emailForm(reply: Reply, hint: string, label: string): Html {
  return form(
    reply,
    html`<label for="email">E-mail</label>
      <input id="email" type="email" name="email" value="${hint}" required autocomplete="off" />
      <button>${label}</button>`,
    'card',
  );
}

function peopleForm(application: Application, reply: Reply, label: string): Html {
  return form(reply, html`${application.people.map((person) => personButton(person, label))}`, 'people');
}

function oneButton(reply: Reply, person: TestIdpPerson, label: string): Html {
  return form(reply, personButton(person, label));
}

function personButton(person: TestIdpPerson, label: string): Html {
  const note = person.note !== undefined && html` (${person.note})`;
  return html`<button class="quiet" name="email" value="${person.email}">
    ${label} ${person.email}${note}
  </button>`;
}

function errorForm(reply: Reply): Html {
  return form(
    reply,
    html`<button class="quiet" name="error" value="AuthnFailed">Answer with an error</button>`,
    'apart',
  );
}

function form(reply: Reply, fields: Html, className = ''): Html {
  return html`<form class="${className}" method="post" action="${reply.respondUrl}">
    <input type="hidden" name="RelayState" value="${reply.relayState}" />
    ${reply.requestId !== null && html`<input type="hidden" name="requestId" value="${reply.requestId}" />`}
    ${fields}
  </form>`;
}
