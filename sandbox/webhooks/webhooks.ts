import { setTimeout as wait } from 'node:timers/promises';
import type { SandboxClock } from '../clock.js';
import { freshId } from '../ids.js';
import type { RecordedEvent } from '../model.js';
import { eventWire } from '../wire.js';
import { signatureHeader } from './signature.js';
import { Losses, SWITCHES, type Switches } from './webhook-switches.js';

/** Plainly no secret: a sandbox listens on the loopback interface alone. */
export const SANDBOX_WEBHOOK_SECRET = 'whsec_sandbox_gatehouse_not_a_secret';

const ATTEMPTS = 6;
const ANSWER_MS = 5000;
const HELD = 5;
const HOLD_MS = 250;
const KEPT = 1000;

export interface WebhookEndpoint {
  id: string;
  url: string;
  secret: string;
  /** The events that it receives; empty for all. */
  events: string[];
}

export type WebhookOptions = Pick<WebhookEndpoint, 'url'> & Partial<WebhookEndpoint>;

export interface Delivery {
  id: string;
  endpointId: string;
  eventId: string;
  event: string;
  outcome: 'pending' | 'delivered' | 'failed' | 'lost';
  /** One entry for each attempt: the status of the answer. */
  attempts: (number | 'no answer')[];
}

interface Job {
  endpoint: WebhookEndpoint;
  body: string;
  delivery: Delivery;
}

/**
 * Sends recorded events to the registered endpoints. First attempts at one endpoint go one after the other, retries
 * in between; the switches break that order, repeat and drop deliveries, as WorkOS says that its network may.
 */
export class Webhooks {
  endpoints: WebhookEndpoint[] = [];
  deliveries: Delivery[] = [];
  #switches: Switches = SWITCHES;
  readonly #losses = new Losses();
  #initial: WebhookOptions[] = [];
  #held: Job[] = [];
  #holdTimer: NodeJS.Timeout | undefined;
  #running = new Set<Promise<void>>();
  #lines = new Map<string, Promise<unknown>>();
  #stop = new AbortController();

  constructor(
    private readonly clock: SandboxClock,
    private readonly clientId: string,
  ) {}

  get switches(): Readonly<Switches> {
    return this.#switches;
  }

  turn(changed: { [name in keyof Switches]?: Switches[name] | undefined }): void {
    const given = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
    this.#switches = Object.assign({ ...this.#switches }, given);
    if (changed.lose !== undefined) this.#losses.set(changed.lose);
    if (!this.#switches.shuffle) this.#release();
  }

  /** Endpoints that a reset brings back. */
  configure(endpoints: WebhookOptions[]): void {
    this.#initial = endpoints;
    this.reset();
  }

  register(options: WebhookOptions): WebhookEndpoint {
    const { url, secret = SANDBOX_WEBHOOK_SECRET, events = [] } = options;
    const endpoint = { id: options.id ?? freshId('we'), url, secret, events };
    this.endpoints = [...this.endpoints.filter(({ id }) => id !== endpoint.id), endpoint];
    return endpoint;
  }

  remove(id: string): void {
    this.endpoints = this.endpoints.filter((endpoint) => endpoint.id !== id);
  }

  reset(): void {
    this.close();
    this.#stop = new AbortController();
    this.#lines.clear();
    this.deliveries = [];
    this.#switches = SWITCHES;
    this.#losses.set(0);
    this.endpoints = [];
    for (const options of this.#initial) this.register(options);
  }

  /** Ends every delivery under way; nothing is sent any more. */
  close(): void {
    clearTimeout(this.#holdTimer);
    this.#held = [];
    this.#stop.abort();
    this.#running.clear();
  }

  dispatch(event: RecordedEvent): void {
    if (this.#switches.off || this.endpoints.length === 0) return;
    const body = JSON.stringify(eventWire(event, this.clientId));
    for (const endpoint of this.endpoints) {
      if (endpoint.events.length === 0 || endpoint.events.includes(event.event)) {
        this.#enqueue(endpoint, event, body);
      }
    }
  }

  /** Sends an event again, as the button in WorkOS's dashboard does. */
  resend(event: RecordedEvent): void {
    const body = JSON.stringify(eventWire(event, this.clientId));
    for (const endpoint of this.endpoints) this.#start(this.#job(endpoint, event, body));
  }

  /** Sends what is held and waits until every delivery is through or given up. */
  async flush(): Promise<void> {
    this.#release();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #enqueue(endpoint: WebhookEndpoint, event: RecordedEvent, body: string): void {
    const lost = this.#losses.next();
    const copies = lost ? 1 : 1 + this.#switches.duplicate;
    for (let copy = 0; copy < copies; copy += 1) {
      const job = this.#job(endpoint, event, body);
      if (lost) job.delivery.outcome = 'lost';
      else if (this.#switches.shuffle) this.#hold(job);
      else this.#start(job);
    }
  }

  #job(endpoint: WebhookEndpoint, event: RecordedEvent, body: string): Job {
    const delivery: Delivery = {
      id: freshId('delivery'),
      endpointId: endpoint.id,
      eventId: event.id,
      event: event.event,
      outcome: 'pending',
      attempts: [],
    };
    this.deliveries.push(delivery);
    if (this.deliveries.length > 2 * KEPT) this.deliveries = this.deliveries.slice(-KEPT);
    return { endpoint, body, delivery };
  }

  #hold(job: Job): void {
    this.#held.push(job);
    if (this.#held.length >= HELD) return this.#release();
    clearTimeout(this.#holdTimer);
    this.#holdTimer = setTimeout(() => this.#release(), HOLD_MS).unref();
  }

  #release(): void {
    clearTimeout(this.#holdTimer);
    const held = this.#held.toReversed();
    this.#held = [];
    for (const job of held) this.#start(job);
  }

  #start(job: Job): void {
    const { signal } = this.#stop;
    const running = this.#deliver(job, signal).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #deliver(job: Job, signal: AbortSignal): Promise<void> {
    const { delay, retry } = this.#switches;
    const pause = (milliseconds: number): Promise<boolean> =>
      wait(milliseconds, true, { ref: false, signal }).catch(() => false);
    if (delay > 0 && !(await pause(delay))) return;
    const line = this.#lines.get(job.endpoint.id) ?? Promise.resolve();
    const first = line.then(() => this.#attempt(job, signal));
    this.#lines.set(job.endpoint.id, first);
    let delivered = await first;
    for (let attempt = 1; !delivered && attempt < ATTEMPTS; attempt += 1) {
      if (!(await pause(retry * 2 ** (attempt - 1)))) return;
      delivered = await this.#attempt(job, signal);
    }
    job.delivery.outcome = delivered ? 'delivered' : 'failed';
  }

  /** Signed anew each time: a retry that comes later than the receiver's tolerance is no stale one. */
  async #attempt({ endpoint, body, delivery }: Job, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    try {
      const response = await fetch(endpoint.url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'WorkOS-Sandbox',
          'workos-signature': signatureHeader(body, endpoint.secret, this.clock.now()),
        },
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      await response.body?.cancel();
      delivery.attempts.push(response.status);
      return response.ok;
    } catch {
      delivery.attempts.push('no answer');
      return false;
    }
  }
}
