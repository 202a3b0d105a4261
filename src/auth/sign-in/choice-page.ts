import { escapeHtml } from '../../common/html.js';
import { plainPage } from './plain-page.js';

/** The page on which a person with several organizations chooses one. A plain form: it needs no script. */
export function choicePage(state: string, organizations: readonly { id: string; name: string }[]): string {
  const buttons = organizations.map(
    ({ id, name }) =>
      `<li><button name="organization_id" value="${escapeHtml(id)}">${escapeHtml(name)}</button></li>`,
  );
  return plainPage(
    'Choose an organization',
    `<p>You belong to more than one. Which do you want to sign in to?</p>
<form method="post" action="/auth/organization">
<input type="hidden" name="state" value="${escapeHtml(state)}">
<ul>
${buttons.join('\n')}
</ul>
</form>
<p><a href="/sign-in">Start again</a></p>`,
  );
}

export interface ConnectionChoicePage {
  readonly email: string | null;
  /** What was asked for, to be asked for again with the choice. */
  readonly kept: Readonly<Record<string, string | undefined>>;
  readonly connections: readonly { readonly id: string; readonly name: string }[];
  readonly lastConnectionId: string | null;
}

/** The page on which a person chooses one of the connections of their organization, the last one first. */
export function connectionChoicePage(page: ConnectionChoicePage): string {
  const { email, kept, connections, lastConnectionId } = page;
  const isLast = ({ id }: { id: string }) => id === lastConnectionId;
  const sorted = [...connections.filter(isLast), ...connections.filter((one) => !isLast(one))];
  const buttons = sorted.map((connection) => {
    const hint = isLast(connection) ? ' (last used)' : '';
    return `<li><button name="through" value="${escapeHtml(connection.id)}">${escapeHtml(connection.name)}${hint}</button></li>`;
  });
  const fields = Object.entries(kept).map(([name, value]) =>
    value === undefined ? '' : `<input type="hidden" name="${name}" value="${escapeHtml(value)}">\n`,
  );
  const forWhom = email === null ? '' : ` for ${escapeHtml(email)}`;
  return plainPage(
    'Choose how to sign in',
    `<p>Your organization has more than one way. Which do you want to use${forWhom}?</p>
<form method="get" action="/auth/login">
${fields.join('')}<ul>
${buttons.join('\n')}
</ul>
</form>
<p><a href="/sign-in">Start again</a></p>`,
  );
}
