import { Card } from '../console/card.js';
import { t } from '../language.js';
import { PortalButton } from './portal-button.js';

/** What the portal offers beside domains, connections and certificates, which have their buttons where they stand. */
const INTENTS = ['dsync', 'audit_logs', 'log_streams'] as const;

export function SetupCard() {
  const words = t.organization.setup;
  return (
    <Card title={words.title}>
      <p>{words.lead}</p>
      <ul className="rows">
        {INTENTS.map((intent) => (
          <li className="row" key={intent}>
            <h3>{words.intents[intent].name}</h3>
            <p className="hint">{words.intents[intent].detail}</p>
            <PortalButton intent={intent} label={words.open} subject={words.intents[intent].name} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
