import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { AnyWorkosEvent } from '../identity/other-events.js';
import { eventsOf } from './on-workos-event.decorator.js';

type Handler = (event: AnyWorkosEvent) => unknown;

/** The methods that wait for events, found in every module of the application. `Class.method` names each of them. */
@Injectable()
export class EventHandlers implements OnModuleInit {
  private readonly handlers = new Map<string, Handler>();
  private readonly byEvent = new Map<string, string[]>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws where two classes of one name have a handler of one name: their deliveries could not be told apart */
  onModuleInit(): void {
    const instances = new Set(
      [...this.discovery.getProviders(), ...this.discovery.getControllers()]
        .filter(({ isNotMetatype, metatype }) => !isNotMetatype && typeof metatype === 'function')
        .map(({ instance }) => instance as unknown)
        .filter((instance) => typeof instance === 'object' && instance !== null),
    );
    for (const instance of instances) this.register(instance);
  }

  get names(): readonly string[] {
    return [...this.handlers.keys()];
  }

  /** The names of all events that somebody waits for. */
  get events(): readonly string[] {
    return [...this.byEvent.keys()];
  }

  namesFor(event: string): readonly string[] {
    return this.byEvent.get(event) ?? [];
  }

  /** @throws what the handler throws */
  async run(name: string, event: AnyWorkosEvent): Promise<void> {
    await this.handlers.get(name)?.(event);
  }

  private register(instance: object): void {
    const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
    for (const method of this.scanner.getAllMethodNames(prototype)) {
      const events = eventsOf(prototype[method] ?? {});
      if (events.length === 0) continue;
      const name = `${instance.constructor.name}.${method}`;
      if (this.handlers.has(name)) throw new Error(`Two handlers of events are called ${name}.`);
      this.handlers.set(name, (event) => (instance as Record<string, Handler>)[method]?.(event));
      for (const event of events) this.byEvent.set(event, [...this.namesFor(event), name]);
    }
  }
}
