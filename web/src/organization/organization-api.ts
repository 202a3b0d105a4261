import { read, send, type Page } from '../api.js';

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly domains: readonly Domain[];
  readonly connections: readonly Connection[];
  /** `null` for those who may not change it. */
  readonly policy: Policy | null;
}

export interface Domain {
  readonly id: string;
  readonly domain: string;
  readonly state: 'verified' | 'pending' | 'failed' | 'conflict' | 'refused';
  readonly reason: 'public_suffix' | 'free_mail' | null;
}

export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly certificate: Certificate | null;
}

export interface Certificate {
  readonly type: string;
  readonly expiresAt: string;
  readonly daysLeft: number;
}

export type GuestRule = 'allow' | 'deny';

export interface Policy {
  readonly ssoRequired: boolean;
  readonly guests: GuestRule | null;
  readonly connectionGuests: Readonly<Record<string, GuestRule>>;
  readonly idpInitiated: 'restart' | 'allow' | 'deny' | null;
  /** Seconds. */
  readonly idleTimeout: number | null;
  readonly absoluteTimeout: number | null;
  readonly justInTime: boolean;
  readonly defaultRole: string | null;
  readonly groupRoles: Readonly<Record<string, string>>;
  readonly requiredGroups: readonly string[];
}

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly roles: readonly string[];
  readonly status: string;
  readonly directoryManaged: boolean;
}

export interface RoleSource {
  readonly role: string;
  readonly from: 'workos' | 'group' | 'default';
  readonly group?: { readonly id: string; readonly name: string };
}

export interface AuditEvent {
  readonly id: string;
  readonly occurredAt: string;
  readonly action: string;
  readonly outcome: 'success' | 'failure';
  readonly reason: string | null;
  readonly user: { readonly id: string; readonly email: string | null } | null;
  readonly ip: string | null;
}

export type PortalIntent =
  | 'sso'
  | 'domain_verification'
  | 'dsync'
  | 'audit_logs'
  | 'log_streams'
  | 'certificate_renewal';

const ROOT = '/v1/organization';

function page(path: string, cursor: string | null, query: Readonly<Record<string, string>> = {}): string {
  const params = new URLSearchParams({ ...query, ...(cursor === null ? {} : { cursor }) });
  return params.size > 0 ? `${path}?${params.toString()}` : path;
}

const memberPath = (id: string) => `${ROOT}/members/${encodeURIComponent(id)}`;

export const organizationApi = {
  read: () => read<Organization>(ROOT),
  async changePolicy(change: Partial<Policy>): Promise<Policy> {
    return (await (await send('PATCH', `${ROOT}/policy`, change)).json()) as Policy;
  },
  /** The link lets whoever has it in: it goes from here into the address bar, and nowhere else. */
  async openPortal(intent: PortalIntent): Promise<void> {
    const answer = await send('POST', `${ROOT}/portal-link`, { intent });
    const { link } = (await answer.json()) as { link: string };
    window.location.assign(link);
  },
  members: (cursor: string | null) => read<Page<Member>>(page(`${ROOT}/members`, cursor)),
  async roles(memberId: string): Promise<readonly RoleSource[]> {
    return (await read<{ roles: RoleSource[] }>(`${memberPath(memberId)}/roles`)).roles;
  },
  async signOut(memberId: string): Promise<void> {
    await send('DELETE', `${memberPath(memberId)}/sessions`);
  },
  auditEvents: (action: string, cursor: string | null) =>
    read<Page<AuditEvent>>(page('/v1/audit-events', cursor, action === '' ? {} : { action })),
};
