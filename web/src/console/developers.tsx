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
      <p>
        {t.developers.programs}
        <br />
        <code dir="ltr">Authorization: Bearer …</code>
      </p>
      <p>
        <a className="standalone-link" href="/docs">
          {t.developers.docs}
        </a>
      </p>
    </Card>
  );
}
