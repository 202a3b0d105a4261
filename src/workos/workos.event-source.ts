import { Injectable } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { z } from 'zod';
import { readEnvelope } from '../identity/event-envelope.js';
import { EventSource, type EventPage } from '../identity/event-source.port.js';
import { WORKOS_EVENTS } from '../identity/workos-event.js';
import { classify, unavailable } from './workos.errors.js';

const LIMIT = 100;
const listed = z.object({ data: z.array(z.object({ id: z.string() }).loose()) });

/** The Events API. Not through the SDK's `listEvents`, which writes payloads of its own kind, and not of all events. */
@Injectable()
export class WorkosEventSource extends EventSource {
  private readonly names = Object.keys(WORKOS_EVENTS).join(',');

  constructor(private readonly workos: WorkOS) {
    super();
  }

  async read(cursor: string | null): Promise<EventPage | 'cursor_lost'> {
    try {
      return await this.page({ limit: LIMIT, order: 'asc', ...(cursor === null ? {} : { after: cursor }) });
    } catch (error) {
      if (cursor === null || classify(error).kind === 'unavailable') throw unavailable(error);
    }
    // Refused. Where the same question without the cursor is answered, it is the cursor that WorkOS does not know.
    await this.end();
    return 'cursor_lost';
  }

  async end(): Promise<string | null> {
    try {
      return (await this.page({ limit: 1, order: 'desc' })).cursor;
    } catch (error) {
      throw unavailable(error);
    }
  }

  private async page(query: Readonly<Record<string, string | number>>): Promise<EventPage> {
    const answer: { data: unknown } = await this.workos.get('/events', {
      query: { ...query, events: this.names },
    });
    const { data } = listed.parse(answer.data);
    return {
      events: data.map(readEnvelope).filter((event) => event !== null),
      cursor: data.at(-1)?.id ?? null,
    };
  }
}
