/** What the Admin Portal opens on. A closed list: WorkOS knows more, which an organization's administrators need not. */
export const PORTAL_INTENTS = [
  'sso',
  'domain_verification',
  'dsync',
  'audit_logs',
  'log_streams',
  'certificate_renewal',
] as const;

export type PortalIntent = (typeof PORTAL_INTENTS)[number];

/** Seconds for which WorkOS accepts a link after it gave it. */
export const PORTAL_LINK_LIFE = 300;

export interface PortalLinkRequest {
  readonly organizationId: string;
  readonly intent: PortalIntent;
  /** Where the portal leads back to. Ours, never from a request: the portal would be an open redirect. */
  readonly returnUrl: string;
}

/**
 * WorkOS's Admin Portal, in which the IT people of an organization set up their own side. A link lets whoever holds it in,
 * for five minutes: it is given to one caller, and neither stored nor logged.
 */
export abstract class AdminPortal {
  /**
   * @returns an https address, or one of the configured WorkOS where that is on this machine
   * @throws `portal_refused` where WorkOS will not give such a link, `upstream_unavailable` where it cannot be asked
   */
  abstract createLink(request: PortalLinkRequest): Promise<string>;
}
