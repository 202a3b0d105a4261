import { t } from '../language.js';

export type View = 'account' | 'organization';

const PAGES: readonly (readonly [View, string])[] = [
  ['account', '/'],
  ['organization', '/?view=organization'],
];

export const viewOf = (search: string): View =>
  new URLSearchParams(search).get('view') === 'organization' ? 'organization' : 'account';

/** Plain links: each page has an address, to which the setup portal leads back. */
export function ConsoleNav({ view }: { readonly view: View }) {
  return (
    <nav className="pages" aria-label={t.organization.pages}>
      {PAGES.map(([page, href]) => (
        <a key={page} href={href} aria-current={page === view ? 'page' : undefined}>
          {page === 'account' ? t.organization.account : t.organization.page}
        </a>
      ))}
    </nav>
  );
}
