import { t } from '../language.js';
import type { Pages } from './use-pages.js';

export function ShowMore({ pages }: { readonly pages: Pages<unknown> }) {
  if (!pages.more || pages.problem) return null;
  return (
    <button
      type="button"
      className="button"
      aria-disabled={pages.loading}
      onClick={() => {
        if (!pages.loading) void pages.next();
      }}
    >
      {t.organization.showMore}
    </button>
  );
}
