import { Injectable } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { z } from 'zod';
import { readEnvelope } from '../identity/event-envelope.js';
import { EventSource, type EventPage } from '../identity/event-source.port.js';
import { classify, unavailable } from './workos.errors.js';

const LIMIT = 100;
const listed = z.object({ data: z.array(z.object({ id: z.string() }).loose()) });

/** The Events API. Not through the SDK's `listEvents`, which writes payloads of its own kind, and not of all events. */
@Injectable()
export class WorkosEventSource extends EventSource {
  constructor(private readonly workos: WorkOS) {
    super();
  }

  async read(cursor: string | null, names: readonly string[]): Promise<EventPage | 'cursor_lost'> {
    try {
      const after = cursor === null ? {} : { after: cursor };
      return await this.page(names, { limit: LIMIT, order: 'asc', ...after });
    } catch (error) {
      if (cursor === null || classify(error).kind === 'unavailable') throw unavailable(error);
    }
    // Refused. Where the same question without the cursor is answered, it is the cursor that WorkOS does not know.
    await this.end(names);
    return 'cursor_lost';
  }

  async end(names: readonly string[]): Promise<string | null> {
    try {
      return (await this.page(names, { limit: 1, order: 'desc' })).cursor;
    } catch (error) {
      throw unavailable(error);
    }
  }

  private async page(
    names: readonly string[],
    query: Readonly<Record<string, string | number>>,
  ): Promise<EventPage> {
    const answer: { data: unknown } = await this.workos.get('/events', {
      query: { ...query, events: names.join(',') },
    });
    const { data } = listed.parse(answer.data);
    return {
      events: data.map(readEnvelope).filter((event) => event !== null),
      cursor: data.at(-1)?.id ?? null,
    };
  }
}
