import type { Schemas } from '../../../client/index.js';
import { client, dataOf, type PageQuery } from '../api.js';

export type Organization = Schemas['Organization'];
export type Domain = Schemas['Domain'];
export type Connection = Schemas['Connection'];
export type Certificate = Schemas['Certificate'];
export type Policy = Schemas['Policy'];
export type GuestRule = NonNullable<Policy['guests']>;
export type Member = Schemas['Member'];
export type RoleSource = Schemas['RoleSource'];
export type AuditEvent = Schemas['AuditEvent'];
export type PortalIntent = Schemas['PortalIntent'];

const from = (cursor: string | null): PageQuery => (cursor === null ? {} : { cursor });

export const organizationApi = {
  read: () => dataOf(client.GET('/v1/organization')),
  changePolicy: (change: Partial<Policy>) =>
    dataOf(client.PATCH('/v1/organization/policy', { body: change })),
  /** The link lets whoever has it in: it goes from here into the address bar, and nowhere else. */
  async openPortal(intent: PortalIntent): Promise<void> {
    const { link } = await dataOf(client.POST('/v1/organization/portal-link', { body: { intent } }));
    window.location.assign(link);
  },
  members: (cursor: string | null) =>
    dataOf(client.GET('/v1/organization/members', { params: { query: from(cursor) } })),
  async roles(userId: string): Promise<readonly RoleSource[]> {
    const path = { userId };
    return (await dataOf(client.GET('/v1/organization/members/{userId}/roles', { params: { path } }))).roles;
  },
  async signOut(userId: string): Promise<void> {
    await client.DELETE('/v1/organization/members/{userId}/sessions', { params: { path: { userId } } });
  },
  auditEvents(action: string, cursor: string | null) {
    const query = { ...from(cursor), ...(action === '' ? {} : { action }) };
    return dataOf(client.GET('/v1/audit-events', { params: { query } }));
  },
};
