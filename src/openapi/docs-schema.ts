import { escapeHtml } from '../common/html.js';
import type { JsonSchema } from './document.js';

/** Prose with `code` in it. */
export function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

/** A schema as a list of its members, one below the other: it fits the narrowest screen. */
export function schemaList(schema: JsonSchema): string {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
  const required = new Set((schema['required'] ?? []) as string[]);
  const items = Object.entries(properties).map(([name, property]) =>
    member(name, property, required.has(name) ? '' : 'optional'),
  );
  return items.length === 0 ? `<p>${typeOf(schema)}</p>` : `<dl class="members">${items.join('')}</dl>`;
}

/** One member or parameter: name, type, limits, words. */
export function member(name: string, schema: JsonSchema, remark: string): string {
  const inner = membersOf(schema);
  const description = schema['description'];
  const words = typeof description === 'string' ? `<p>${prose(description)}</p>` : '';
  const note = [remark, ...limitsOf(schema)].filter((part) => part !== '').map(escapeHtml);
  const remarks = note.length > 0 ? ` <span class="remark">${note.join(', ')}</span>` : '';
  return `<div><dt><code>${escapeHtml(name)}</code> ${typeOf(schema)}${remarks}</dt><dd>${words}${
    inner ? schemaList(inner) : ''
  }</dd></div>`;
}

/** The type in a word or two, another schema of the document as a link to it. */
export function typeOf(schema: JsonSchema): string {
  const { $ref, type, items } = schema;
  const anyOf = schema['anyOf'] ?? schema['oneOf'];
  if (typeof $ref === 'string') {
    const name = escapeHtml($ref.slice($ref.lastIndexOf('/') + 1));
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (Array.isArray(schema['enum'])) return schema['enum'].map(value).join(' | ');
  if ('const' in schema) return value(schema['const']);
  if (Array.isArray(anyOf)) return anyOf.map((part: JsonSchema) => typeOf(part)).join(' | ');
  if (items) return `list of ${typeOf(items as JsonSchema)}`;
  if (Array.isArray(type)) return type.map((name) => escapeHtml(String(name))).join(' | ');
  const values = schema['additionalProperties'];
  if (typeof values === 'object' && values !== null && Object.keys(values).length > 0)
    return `map of ${typeOf(values as JsonSchema)}`;
  const format = schema['format'];
  const name = typeof type === 'string' ? type : 'anything';
  return escapeHtml(typeof format === 'string' ? format : name);
}

function membersOf(schema: JsonSchema): JsonSchema | null {
  const candidates = [schema, schema['items'], ...((schema['anyOf'] ?? []) as unknown[])];
  const found = candidates.find((part) => typeof part === 'object' && part !== null && 'properties' in part);
  return (found as JsonSchema | undefined) ?? null;
}

function limitsOf(schema: JsonSchema): string[] {
  const more = 'exclusiveMinimum' in schema ? [`more than ${String(schema['exclusiveMinimum'])}`] : [];
  const least = 'default' in schema ? [`${String(schema['default'])} where nothing is said`] : [];
  return [
    ...more,
    ...range(schema, 'minimum', 'maximum', ''),
    ...range(schema, 'minLength', 'maxLength', ' characters'),
    ...range(schema, 'minItems', 'maxItems', ' items'),
    ...least,
  ];
}

function range(schema: JsonSchema, from: string, to: string, unit: string): string[] {
  const [low, high] = [from, to].map((name) => (name in schema ? String(schema[name]) : undefined));
  if (low === undefined && high === undefined) return [];
  if (high === undefined) return [`at least ${low}${unit}`];
  return [low === undefined ? `at most ${high}${unit}` : `${low} to ${high}${unit}`];
}

function value(of: unknown): string {
  return `<code>${escapeHtml(JSON.stringify(of))}</code>`;
}
