import { Card } from '../console/card.js';
import { locale, t } from '../language.js';
import { Badge } from '../ui/badge.js';
import type { Certificate, Connection } from './organization-api.js';
import { PortalButton } from './portal-button.js';

/** Days before its end from which a certificate is shown as something to do. */
const SOON = 30;

interface ConnectionsCardProps {
  readonly connections: readonly Connection[];
  readonly manages: boolean;
}

export function ConnectionsCard({ connections, manages }: ConnectionsCardProps) {
  const words = t.organization.connections;
  return (
    <Card title={words.title}>
      <p>{words.lead}</p>
      {connections.length === 0 && <p className="hint">{words.none}</p>}
      <ul className="rows">
        {connections.map((connection) => (
          <ConnectionRow key={connection.id} connection={connection} manages={manages} />
        ))}
      </ul>
      {manages && <PortalButton intent="sso" label={words.configure} />}
    </Card>
  );
}

interface ConnectionRowProps {
  readonly connection: Connection;
  readonly manages: boolean;
}

function ConnectionRow({ connection, manages }: ConnectionRowProps) {
  const { id, name, type, state, certificate } = connection;
  const words = t.organization.connections;
  return (
    <li className="row">
      <h3>
        <bdi>{name}</bdi>
        <Badge tone={state === 'active' ? 'good' : 'notice'}>{words.states[state] ?? state}</Badge>
      </h3>
      <dl className="facts">
        <div>
          <dt>{words.type}</dt>
          <dd>
            <bdi>{type}</bdi>
          </dd>
        </div>
        <div>
          <dt>{words.id}</dt>
          <dd>
            <code dir="ltr">{id}</code>
          </dd>
        </div>
        {certificate && (
          <div>
            <dt>{words.certificate}</dt>
            <dd>
              <Days certificate={certificate} />
            </dd>
          </div>
        )}
      </dl>
      {certificate && manages && (
        <PortalButton intent="certificate_renewal" label={words.renew} subject={name} />
      )}
    </li>
  );
}

function Days({ certificate: { expiresAt, daysLeft } }: { readonly certificate: Certificate }) {
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(expiresAt));
  const words = t.organization.connections;
  const text = daysLeft === 0 ? words.expired : words.daysLeft(daysLeft);
  return (
    <>
      {daysLeft > SOON ? text : <Badge tone="notice">{text}</Badge>}
      <time className="exact" dateTime={expiresAt}>
        {words.until(date)}
      </time>
    </>
  );
}
