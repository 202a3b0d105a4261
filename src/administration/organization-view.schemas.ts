import { z } from 'zod';
import { policy } from '../organizations/organization-policy.js';

const domain = z
  .object({
    id: z.string(),
    domain: z.string(),
    state: z
      .enum(['verified', 'pending', 'failed', 'conflict', 'refused'])
      .describe(
        '`verified` alone routes. `conflict`: another organization has had it verified too; `refused`: see `reason`.',
      ),
    reason: z.enum(['public_suffix', 'free_mail']).nullable(),
    failureReason: z
      .string()
      .nullable()
      .describe('Of `failed`, as WorkOS names it, where it is known; for those who manage the organization.'),
  })
  .readonly()
  .meta({ id: 'Domain' });

const certificate = z
  .object({
    type: z.string().describe('`ResponseSigning`, `RequestSigning` or `ResponseEncryption`.'),
    expiresAt: z.date(),
    daysLeft: z.number().int(),
  })
  .readonly()
  .meta({ id: 'Certificate' });

const connection = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    state: z.string(),
    // No secret: every member is locked out when it ends.
    certificate: certificate.nullable().describe('The one that runs out first.'),
  })
  .readonly()
  .meta({ id: 'Connection' });

export const organizationView = z
  .object({
    id: z.string(),
    name: z.string(),
    domains: z.array(domain).readonly(),
    connections: z.array(connection).readonly().describe('The one whose certificate ends first comes first.'),
    // How to get in is not for everybody to study.
    policy: policy.nullable().describe('`null` for those who may not change it.'),
  })
  .readonly()
  .meta({ id: 'Organization' });

export type OrganizationView = z.infer<typeof organizationView>;
export type ConnectionView = z.infer<typeof connection>;

export const portalLink = z
  .object({ link: z.string(), expiresAt: z.date() })
  .readonly()
  .meta({ id: 'PortalLink' });

export type PortalLink = z.infer<typeof portalLink>;
