import { useCallback, useId, useState } from 'react';
import { Card } from '../console/card.js';
import { t } from '../language.js';
import { Badge } from '../ui/badge.js';
import { Failure } from '../ui/failure.js';
import { When } from '../ui/when.js';
import { organizationApi, type AuditEvent } from './organization-api.js';
import { ShowMore } from './show-more.js';
import { usePages } from './use-pages.js';

export function AuditCard() {
  const words = t.organization.audit;
  const [action, setAction] = useState('');
  const events = usePages(
    useCallback((cursor: string | null) => organizationApi.auditEvents(action, cursor), [action]),
  );
  const id = useId();
  return (
    <Card title={words.title}>
      <p>{words.lead}</p>
      <div className="field">
        <label htmlFor={id}>{words.filter}</label>
        <select id={id} value={action} onChange={({ target }) => setAction(target.value)}>
          <option value="">{words.everything}</option>
          {Object.entries(words.actions).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <p role="status" className="hint">
        {events.loading && words.loading}
      </p>
      {events.items.length === 0 && !events.loading && !events.problem && (
        <p className="hint">{words.none}</p>
      )}
      <ul className="rows">
        {events.items.map((event) => (
          <AuditRow key={event.id} event={event} />
        ))}
      </ul>
      {events.problem && <Failure problem={events.problem} onRetry={() => void events.next()} />}
      <ShowMore pages={events} />
    </Card>
  );
}

function AuditRow({ event }: { readonly event: AuditEvent }) {
  const words = t.organization.audit;
  const { action, outcome, reason, user, occurredAt, ip } = event;
  return (
    <li className="row event">
      <p>
        <strong>{words.actions[action] ?? <code dir="ltr">{action}</code>}</strong>
        {outcome === 'failure' && <Badge tone="notice">{words.refused}</Badge>}
      </p>
      <p className="hint">
        <When at={occurredAt} />
        {user && (
          <>
            {' · '}
            <bdi>{user.email ?? user.id}</bdi>
          </>
        )}
        {ip && (
          <>
            {' · '}
            <bdi>{ip}</bdi>
          </>
        )}
        {reason && (
          <>
            {' · '}
            <code dir="ltr">{reason}</code>
          </>
        )}
      </p>
    </li>
  );
}
