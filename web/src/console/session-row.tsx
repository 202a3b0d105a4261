import type { Session } from '../api.js';
import { t } from '../language.js';
import { nameDevice } from '../user-agent.js';
import { When } from '../ui/when.js';

export function deviceName({ userAgent }: Session): string {
  const { browser, system } = nameDevice(userAgent);
  if (browser && system) return t.sessions.device(browser, system);
  return browser ?? system ?? t.sessions.unknownDevice;
}

interface SessionRowProps {
  readonly session: Session;
  readonly onEnd: () => void;
}

export function SessionRow({ session, onEnd }: SessionRowProps) {
  const name = deviceName(session);
  return (
    <li className="session">
      <div>
        <h3>
          <bdi>{name}</bdi>
          {session.current && <span className="badge">{t.sessions.thisDevice}</span>}
        </h3>
        <dl className="facts">
          <div>
            <dt>{t.sessions.lastSeen}</dt>
            <dd>
              <When at={session.lastSeenAt} />
            </dd>
          </div>
          <div>
            <dt>{t.sessions.created}</dt>
            <dd>
              <When at={session.createdAt} />
            </dd>
          </div>
          <div>
            <dt>{t.sessions.address}</dt>
            <dd>{session.ip ? <bdi>{session.ip}</bdi> : t.sessions.unknownAddress}</dd>
          </div>
        </dl>
      </div>
      {!session.current && (
        <button type="button" className="button" onClick={onEnd}>
          {t.sessions.end}
          <span className="visually-hidden">: {name}</span>
        </button>
      )}
    </li>
  );
}
