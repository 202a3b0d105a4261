import { describe, expect, it } from '@jest/globals';
import type { RawWorkosEvent } from '../identity/workos-event.js';
import { urgencyOf } from './event-urgency.js';

const event = (name: string, data: Record<string, unknown> = {}, id = 'event_1'): RawWorkosEvent => ({
  id,
  event: name,
  data,
  createdAt: new Date(0),
});

describe('the urgency of an event', () => {
  it.each([
    ['user.deleted', {}],
    ['dsync.user.deleted', {}],
    ['dsync.user.updated', { state: 'inactive' }],
    ['dsync.user.updated', { state: 'suspended' }],
    ['dsync.deactivated', {}],
    ['dsync.group.user_removed', {}],
    ['connection.deactivated', {}],
    ['organization_membership.updated', { status: 'inactive' }],
    ['session.revoked', {}],
    ['api_key.revoked', {}],
  ])('is the highest where it takes access away: %s %o', (name, data) => {
    expect([urgencyOf(event(name, data)), urgencyOf(event(name, data, 'account_1'))]).toEqual([0, 2]);
  });

  it.each([
    ['user.created', {}],
    ['dsync.user.created', { state: 'active' }],
    ['organization_membership.created', { status: 'pending' }],
    ['connection.activated', { state: 'active' }],
    ['session.created', { status: 'active' }],
  ])('is lower where it does not: %s %o', (name, data) => {
    expect([urgencyOf(event(name, data)), urgencyOf(event(name, data, 'account_1'))]).toEqual([1, 3]);
  });
});
