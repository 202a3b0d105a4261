import { z } from 'zod';
import type { JsonSchema } from './document.js';

const LOCAL = '#/$defs/';
const SHARED = '#/components/schemas/';

/** Turns the schemas of the service into those of the document. What has an id in its metadata is named once and referred to. */
export class SchemaRegistry {
  private readonly named = new Map<string, JsonSchema>();

  /** `input`: as a caller writes it. `output`: as it is answered, a date as the text that it becomes. */
  add(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $defs = {}, ...own } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => adapt(zodSchema, jsonSchema, io),
    });
    for (const [name, definition] of Object.entries($defs)) this.name(name, definition);
    return pointToComponents(own);
  }

  /** In order of their names: the document is compared line by line. */
  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.named].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  private name(name: string, definition: unknown): void {
    const schema = pointToComponents(definition);
    const known = this.named.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(schema))
      throw new TypeError(`Two schemas are named ${name} in their metadata. Give one of them another id.`);
    this.named.set(name, schema);
  }
}

type Json = Record<string, unknown>;

function adapt(source: unknown, json: Json, io: 'input' | 'output'): void {
  if (source instanceof z.ZodDate) Object.assign(json, { type: 'string', format: 'date-time' });
  // Says the same as the format, at length.
  if (json['format'] === 'date-time') delete json['pattern'];
  if (json['maximum'] === Number.MAX_SAFE_INTEGER) delete json['maximum'];
  if (json['minimum'] === Number.MIN_SAFE_INTEGER) delete json['minimum'];
  // Of TypeScript, not of JSON.
  delete json['readOnly'];
  // A later version may answer with more: no client may refuse that.
  if (io === 'output' && json['additionalProperties'] === false) delete json['additionalProperties'];
}

function pointToComponents(value: unknown): JsonSchema {
  return JSON.parse(JSON.stringify(value), (key: string, member: unknown) => {
    if (key === '$schema') return undefined;
    return key === '$ref' && typeof member === 'string' ? member.replace(LOCAL, SHARED) : member;
  }) as JsonSchema;
}
