import type { Me } from '../api.js';
import { t } from '../language.js';

export function ImpersonationBanner({ me }: { readonly me: Me }) {
  const { impersonator } = me.session;
  if (!impersonator) return null;
  return (
    <aside className="banner" aria-label={t.impersonation.title}>
      <p>
        <strong>{t.impersonation.text(impersonator.email, me.user.email)}</strong>
      </p>
      {impersonator.reason && (
        <p>
          {t.impersonation.reason}: <bdi>{impersonator.reason}</bdi>
        </p>
      )}
    </aside>
  );
}
