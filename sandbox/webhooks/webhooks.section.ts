import { html, type Html } from '../html.js';
import type { Delivery, Webhooks } from './webhooks.js';

const SHOWN = 10;

/** The webhooks on the page of the controls. */
export function webhooksSection(webhooks: Webhooks): Html {
  const { endpoints, switches, deliveries } = webhooks;
  const toggle = (name: 'off' | 'shuffle', on: string, off: string): Html =>
    html`<button class="${switches[name] ? '' : 'quiet'}" name="${name}" value="${String(!switches[name])}">
      ${switches[name] ? off : on}
    </button>`;
  return html`<section class="card">
    <h2>Webhooks</h2>
    ${endpoints.map(({ url }) => html`<p class="quiet"><code>${url}</code></p>`)}
    ${endpoints.length === 0 && html`<p class="quiet">No endpoint is registered.</p>`}
    <form method="post" action="/_sandbox/webhooks">
      ${toggle('off', 'Stop all deliveries', 'Deliver again')}
      ${toggle('shuffle', 'Shuffle', 'Stop shuffling')}
      <button class="quiet" name="duplicate" value="${switches.duplicate > 0 ? 0 : 1}">
        ${switches.duplicate > 0 ? 'Stop duplicating' : 'Duplicate'}
      </button>
      <button class="quiet" name="lose" value="1">Lose the next one</button>
    </form>
    <form method="post" action="/_sandbox/webhooks/endpoints">
      <label for="webhook-url">Another endpoint</label>
      <input
        id="webhook-url"
        name="url"
        type="url"
        placeholder="http://localhost:3000/webhooks/workos"
        required
      />
      <button>Register</button>
    </form>
    <details>
      <summary>Last deliveries</summary>
      ${deliveries.length === 0 && html`<p class="quiet">None yet.</p>`}
      <table>
        ${deliveries.slice(-SHOWN).toReversed().map(row)}
      </table>
    </details>
  </section>`;
}

function row({ event, eventId, outcome, attempts }: Delivery): Html {
  return html`<tr>
    <td>${event}<br /><code>${eventId}</code></td>
    <td class="${outcome === 'delivered' || outcome === 'pending' ? '' : 'problem'}">
      ${outcome} ${attempts.join(', ')}
    </td>
  </tr>`;
}
