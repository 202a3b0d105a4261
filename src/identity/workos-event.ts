import { z } from 'zod';

/**
 * What WorkOS tells of changes, by webhook or by its Events API: the same events, with the same ids. Payloads are as they
 * are on the wire (snake_case), read leniently: members that nothing here uses may come and go
 * (WorkOS, "Events"; its OpenAPI document, `EventList`).
 */
const time = z.string().transform((text, context) => {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  context.addIssue({ code: 'custom', message: 'is not a time' });
  return z.NEVER;
});
const dated = { created_at: time, updated_at: time };
const slugged = z.object({ slug: z.string() });

const domain = z.object({
  id: z.string(),
  organization_id: z.string(),
  domain: z.string(),
  state: z.string().default('unverified'),
  ...dated,
});
const organization = z.object({
  id: z.string(),
  name: z.string(),
  domains: z.array(domain).default([]),
  ...dated,
});
const connection = z.object({
  id: z.string(),
  organization_id: z.string().nullish(),
  connection_type: z.string(),
  name: z.string(),
  state: z.string(),
  ...dated,
});
const certificate = {
  connection: z.object({ id: z.string(), organization_id: z.string().nullish() }),
  certificate: z.object({ certificate_type: z.string(), expiry_date: time }),
};
const user = z.object({
  id: z.string(),
  email: z.string(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  profile_picture_url: z.string().nullish(),
  ...dated,
});
const membership = z.object({
  id: z.string(),
  user_id: z.string(),
  organization_id: z.string(),
  status: z.string(),
  role: slugged.nullish(),
  roles: z.array(slugged).nullish(),
  ...dated,
});
const role = z.object({ slug: z.string(), permissions: z.array(z.string()).nullish(), ...dated });
const organizationRole = role.extend({ organization_id: z.string() });
const permission = z.object({ id: z.string(), slug: z.string(), ...dated });
const session = z.object({
  id: z.string(),
  user_id: z.string(),
  organization_id: z.string().nullish(),
  status: z.string().default('active'),
  ...dated,
});
const directory = z.object({
  id: z.string(),
  organization_id: z.string().nullish(),
  type: z.string(),
  state: z.string(),
  name: z.string(),
  ...dated,
});
const directoryUser = z.object({
  id: z.string(),
  directory_id: z.string(),
  organization_id: z.string(),
  idp_id: z.string(),
  email: z.string().nullish(),
  emails: z.array(z.object({ primary: z.boolean().nullish(), value: z.string().nullish() })).nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  state: z.string(),
  ...dated,
});
const directoryGroup = z.object({
  id: z.string(),
  directory_id: z.string(),
  organization_id: z.string(),
  name: z.string(),
  ...dated,
});
const groupMember = z.object({ directory_id: z.string(), user: directoryUser, group: directoryGroup });
const apiKey = z.object({
  id: z.string(),
  owner: z.object({ type: z.string(), id: z.string(), organization_id: z.string().nullish() }),
  permissions: z.array(z.string()).default([]),
  ...dated,
});

/** The events that the service acts on. Others are kept, and handed to whoever asks for them (`other-events.ts`). */
export const WORKOS_EVENTS = {
  'organization.created': organization,
  'organization.updated': organization,
  'organization.deleted': organization,
  'organization_domain.created': domain,
  'organization_domain.updated': domain,
  'organization_domain.verified': domain,
  'organization_domain.verification_failed': z.object({
    reason: z.string(),
    organization_domain: domain,
  }),
  'organization_domain.deleted': domain,
  'connection.activated': connection,
  'connection.deactivated': connection,
  'connection.deleted': connection,
  'connection.saml_certificate_renewal_required': z.object({
    ...certificate,
    days_until_expiry: z.number(),
  }),
  'connection.saml_certificate_renewed': z.object({ ...certificate, renewed_at: time }),
  'user.created': user,
  'user.updated': user,
  'user.deleted': user,
  'organization_membership.created': membership,
  'organization_membership.updated': membership,
  'organization_membership.deleted': membership,
  'role.created': role,
  'role.updated': role,
  'role.deleted': role,
  'organization_role.created': organizationRole,
  'organization_role.updated': organizationRole,
  'organization_role.deleted': organizationRole,
  'permission.created': permission,
  'permission.updated': permission,
  'permission.deleted': permission,
  'session.created': session,
  'session.revoked': session,
  'dsync.activated': directory,
  'dsync.deactivated': directory,
  'dsync.deleted': directory,
  'dsync.user.created': directoryUser,
  'dsync.user.updated': directoryUser,
  'dsync.user.deleted': directoryUser,
  'dsync.group.created': directoryGroup,
  'dsync.group.updated': directoryGroup,
  'dsync.group.deleted': directoryGroup,
  'dsync.group.user_added': groupMember,
  'dsync.group.user_removed': groupMember,
  'api_key.created': apiKey,
  'api_key.updated': apiKey,
  'api_key.revoked': apiKey,
} as const;

export type WorkosEventName = keyof typeof WORKOS_EVENTS;
export type WorkosEventData<Name extends WorkosEventName> = z.output<(typeof WORKOS_EVENTS)[Name]>;

/** An event as it arrives: its envelope is checked, its payload is not read yet. */
export interface RawWorkosEvent {
  /** `event_` and 26 characters that begin with their time. The same by webhook and by the Events API. */
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** One that the service knows, with its payload read. Narrow it by `event`. */
export type WorkosEvent = {
  readonly [Name in WorkosEventName]: {
    readonly id: string;
    readonly event: Name;
    readonly data: WorkosEventData<Name>;
    readonly createdAt: Date;
  };
}[WorkosEventName];

export function isKnownEvent(name: string): name is WorkosEventName {
  return Object.hasOwn(WORKOS_EVENTS, name);
}

/**
 * Reads the payload of an event that the service knows; `null` for any other name.
 * @throws {z.ZodError} where the payload is not of its kind
 */
export function readEvent(raw: RawWorkosEvent): WorkosEvent | null {
  if (!isKnownEvent(raw.event)) return null;
  const { id, event, createdAt } = raw;
  return { id, event, createdAt, data: WORKOS_EVENTS[event].parse(raw.data) } as WorkosEvent;
}

const objectIds = z.object({
  id: z.string().optional(),
  slug: z.string().optional(),
  organization_id: z.string().nullish(),
  organization_domain: z.object({ id: z.string(), organization_id: z.string() }).optional(),
  connection: z.object({ id: z.string(), organization_id: z.string().nullish() }).optional(),
  group: z.object({ id: z.string(), organization_id: z.string() }).optional(),
  user: z.object({ id: z.string() }).optional(),
});

/**
 * What an event is about, and whose it is. Events with the same `objectKey` are applied one after the other, others side by
 * side. Never throws: of an event that cannot be read, its own id is the key.
 */
export function subjectOf(raw: RawWorkosEvent): { objectKey: string; organizationId: string | null } {
  const { success, data } = objectIds.safeParse(raw.data);
  if (!success) return { objectKey: raw.id, organizationId: null };
  const { organization_domain: domainOf, connection: connectionOf, group, user: member } = data;
  const kind = raw.event.split('.').slice(0, -1).join('.');
  const organizationId =
    data.organization_id ??
    domainOf?.organization_id ??
    connectionOf?.organization_id ??
    group?.organization_id ??
    (kind === 'organization' ? (data.id ?? null) : null);
  const inGroup = group && member ? `${group.id}/${member.id}` : undefined;
  const named = data.slug === undefined ? undefined : `${kind} ${organizationId ?? ''} ${data.slug}`;
  const objectKey = inGroup ?? domainOf?.id ?? connectionOf?.id ?? data.id ?? named ?? raw.id;
  return { objectKey, organizationId };
}
