/**
 * Every permission that a route of this service may ask for, with what it allows. A name that does not stand here does not
 * compile in `@RequirePermissions`. The same names, as slugs, are given to roles, API keys and M2M applications at WorkOS.
 */
export const PERMISSIONS = {
  'audit:read': 'Read the audit log of the organization.',
  'invoices:read': 'Read invoices.',
  'invoices:write': 'Create invoices.',
  'members:manage': 'End the sessions of members.',
  'members:read': 'See members, their roles and their sessions.',
  'organization:manage': 'Change the policy of the organization and open the Admin Portal.',
} as const satisfies Readonly<Record<string, string>>;

/** What an application that uses this service as a library adds: `declare module` and a member for each name. */
// oxlint-disable-next-line no-empty-interface -- filled by declaration merging
export interface HostPermissions {}

export type Permission = keyof (typeof PERMISSIONS & HostPermissions);
