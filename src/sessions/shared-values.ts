import { LRUCache } from 'lru-cache';
import type { Organization } from '../identity/principal.js';
import type { SessionRecord } from './session-record.js';

/** Different values of a kind that are kept. */
const MOST = 10_000;

/**
 * Sessions have much in common: colleagues share an organization, a role and its permissions, and half the world a
 * browser. A store hands out a copy of these with every record; here equal ones become one, which takes a third off what a
 * session costs in memory. Nobody changes them: a record is read-only.
 *
 * Each kind has a map of its own, so that a text that a client sends is never taken for something else.
 */
export class SharedValues {
  private readonly texts = new LRUCache<string, string>({ max: MOST });
  private readonly lists = new LRUCache<string, readonly string[]>({ max: MOST });
  private readonly organizations = new LRUCache<string, Organization>({ max: MOST });

  /** The same record, made of values that others are made of too. */
  share(record: SessionRecord): SessionRecord {
    const { organization, connectionId, connectionType, method, roles, permissions, userAgent } = record;
    return {
      ...record,
      organization: organization && this.organization(organization),
      connectionId: connectionId && one(this.texts, connectionId, connectionId),
      connectionType: connectionType && one(this.texts, connectionType, connectionType),
      method: one(this.texts, method, method),
      roles: one(this.lists, JSON.stringify(roles), roles),
      permissions: one(this.lists, JSON.stringify(permissions), permissions),
      userAgent: userAgent && one(this.texts, userAgent, userAgent),
    };
  }

  private organization(organization: Organization): Organization {
    return one(this.organizations, JSON.stringify([organization.id, organization.name]), organization);
  }
}

function one<Value extends NonNullable<unknown>>(
  known: LRUCache<string, Value>,
  key: string,
  value: Value,
): Value {
  const first = known.get(key) ?? value;
  if (first === value) known.set(key, value);
  return first;
}
