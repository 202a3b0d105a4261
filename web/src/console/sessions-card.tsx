import { useRef, useState } from 'react';
import { api, type Session } from '../api.js';
import { t } from '../language.js';
import { useResource } from '../resource.js';
import { orderSessions } from '../session-order.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Failure } from '../ui/failure.js';
import { Card } from './card.js';
import { deviceName, SessionRow } from './session-row.js';

export function SessionsCard() {
  const [sessions, reload] = useResource(api.sessions);
  const [ending, setEnding] = useState<Session | 'others' | null>(null);
  const [news, setNews] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);

  const ended = (what: string) => {
    setEnding(null);
    setNews(what);
    // The button that opened the dialog is about to go, and the focus with it.
    requestAnimationFrame(() => heading.current?.focus());
    void reload();
  };

  return (
    <Card title={t.sessions.title} headingRef={heading}>
      <p>{t.sessions.lead}</p>
      <p role="status" className="news">
        {sessions.state === 'loading' ? t.sessions.loading : news}
      </p>
      {sessions.state === 'failed' && <Failure problem={sessions.problem} onRetry={() => void reload()} />}
      {sessions.state === 'ready' && (
        <SessionList sessions={orderSessions(sessions.value)} onEnd={setEnding} />
      )}
      {ending === 'others' && (
        <ConfirmDialog
          title={t.sessions.confirmOthers}
          detail={t.sessions.confirmOthersDetail}
          action={t.sessions.endOthers}
          run={api.endOtherSessions}
          onDone={() => ended(t.sessions.endedOthers)}
          onCancel={() => setEnding(null)}
        />
      )}
      {ending !== null && ending !== 'others' && (
        <ConfirmDialog
          title={t.sessions.confirmOne(deviceName(ending))}
          detail={t.sessions.confirmOneDetail}
          action={t.sessions.end}
          run={() => api.endSession(ending.id)}
          onDone={() => ended(t.sessions.ended(deviceName(ending)))}
          onCancel={() => setEnding(null)}
        />
      )}
    </Card>
  );
}

interface SessionListProps {
  readonly sessions: readonly Session[];
  readonly onEnd: (what: Session | 'others') => void;
}

function SessionList({ sessions, onEnd }: SessionListProps) {
  if (sessions.length === 0) return <p className="hint">{t.sessions.none}</p>;
  const others = sessions.some((session) => !session.current);
  return (
    <>
      <ul className="sessions">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => onEnd(session)} />
        ))}
      </ul>
      {others ? (
        <button type="button" className="button" onClick={() => onEnd('others')}>
          {t.sessions.endOthers}
        </button>
      ) : (
        <p className="hint">{t.sessions.onlyThis}</p>
      )}
    </>
  );
}
