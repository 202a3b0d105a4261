import { t } from '../language.js';
import { Card } from './card.js';

export function Developers() {
  return (
    <Card title={t.developers.title}>
      <p>{t.developers.lead}</p>
      <p>
        {t.developers.browser}
        <br />
        <a className="standalone-link" href="/v1/me" dir="ltr">
          GET /v1/me
        </a>
      </p>
    </Card>
  );
}
