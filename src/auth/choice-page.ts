import { escapeHtml } from '../common/html.js';

/** The page on which a person with several organizations chooses one. A plain form: it needs no script. */
export function choicePage(state: string, organizations: readonly { id: string; name: string }[]): string {
  const buttons = organizations.map(
    ({ id, name }) =>
      `<li><button name="organization_id" value="${escapeHtml(id)}">${escapeHtml(name)}</button></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Choose an organization</title>
<link rel="stylesheet" href="/plain.css">
</head>
<body>
<main>
<h1>Choose an organization</h1>
<p>You belong to more than one. Which do you want to sign in to?</p>
<form method="post" action="/auth/organization">
<input type="hidden" name="state" value="${escapeHtml(state)}">
<ul>
${buttons.join('\n')}
</ul>
</form>
<p><a href="/sign-in">Start again</a></p>
</main>
</body>
</html>
`;
}
