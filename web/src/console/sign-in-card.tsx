import type { Me } from '../api.js';
import { t } from '../language.js';
import { When } from '../ui/when.js';
import { Card } from './card.js';

export function SignInCard({ session }: { readonly session: Me['session'] }) {
  const { method, connectionId } = session;
  return (
    <Card title={t.console.signIn}>
      <dl className="facts">
        <div>
          <dt>{t.console.method}</dt>
          <dd>
            {method === null
              ? t.console.none
              : (t.console.methods[method.toLowerCase()] ?? <bdi>{method}</bdi>)}
          </dd>
        </div>
        <div>
          <dt>{t.console.connection}</dt>
          <dd>{connectionId === null ? t.console.none : <code dir="ltr">{connectionId}</code>}</dd>
        </div>
        <div>
          <dt>{t.console.signedInAt}</dt>
          <dd>
            <When at={session.authenticatedAt} exact />
          </dd>
        </div>
        <div>
          <dt>{t.console.expires}</dt>
          <dd>
            <When at={session.expiresAt} exact />
          </dd>
        </div>
      </dl>
    </Card>
  );
}
