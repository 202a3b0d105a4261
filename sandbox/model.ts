import type { IdpMetadata } from './saml/metadata.js';

export const DOMAIN_STATES = ['verified', 'pending', 'failed'] as const;

export interface Domain {
  id: string;
  organizationId: string;
  domain: string;
  state: (typeof DOMAIN_STATES)[number];
  /** By a DNS record that the customer sets, or by hand in the dashboard. */
  strategy: 'dns' | 'manual';
  verificationPrefix: string;
  verificationToken: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface Organization {
  id: string;
  name: string;
  domains: Domain[];
  allowProfilesOutsideOrganization: boolean;
  externalId: string | null;
  metadata: Record<string, string>;
  createdAt: Date;
  updatedAt: Date;
}

export const CONNECTION_STATES = ['active', 'inactive', 'draft', 'validating'] as const;
/** What an IdP-initiated response leads to: a code without state, an error, or the app's sign-in endpoint. */
export const IDP_INITIATED_MODES = ['code', 'disabled', 'sign_in_endpoint'] as const;

export interface Connection {
  id: string;
  organizationId: string;
  name: string;
  type: string;
  state: (typeof CONNECTION_STATES)[number];
  idpInitiated: (typeof IDP_INITIATED_MODES)[number];
  idp: IdpMetadata | 'test-idp' | null;
  /** Until when the identity provider's signing certificate is valid. */
  certificateExpiresAt: Date;
  createdAt: Date;
  updatedAt: Date;
}

export interface Role {
  id: string;
  slug: string;
  name: string;
  description: string | null;
  permissions: string[];
  /** Null for a role of the environment, which every organization has. */
  organizationId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface Permission {
  id: string;
  slug: string;
  name: string;
  description: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface User {
  id: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  externalId: string | null;
  metadata: Record<string, string>;
  lastSignInAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface Membership {
  id: string;
  userId: string;
  organizationId: string;
  role: string;
  status: 'active' | 'inactive';
  createdAt: Date;
  updatedAt: Date;
}

/** An SSO profile: one for each subject of one connection. `organizationId` is null for OAuth providers. */
export interface Profile {
  id: string;
  organizationId: string | null;
  connectionId: string;
  connectionType: string;
  idpId: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  role: string | null;
  groups: string[];
}

/** Somebody at the dashboard who acts as a user. */
export interface Impersonator {
  email: string;
  reason: string;
}

export interface Session {
  id: string;
  userId: string;
  organizationId: string | null;
  connectionId: string | null;
  method: string;
  ipAddress: string | null;
  userAgent: string | null;
  browserSessionId: string | null;
  impersonator: Impersonator | null;
  authenticatedAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  updatedAt: Date;
}

/** AuthKit's own memory of a browser, kept apart from the sessions of the applications. */
export interface BrowserSession {
  id: string;
  userId: string;
  method: string;
  connectionId: string | null;
  authenticatedAt: Date;
}

/** One request to an authorize endpoint, from its arrival to the redirect that answers it. */
export interface Authorization {
  id: string;
  api: 'sso' | 'user_management';
  redirectUri: string;
  state: string | null;
  codeChallenge: string | null;
  organizationId: string | null;
  provider: string | null;
  loginHint: string | null;
  forceLogin: boolean;
  /** How many seconds ago the person may have signed in. */
  maxAge: number | null;
  signUp: boolean;
  expiresAt: Date;
}

/** A sign-in that went out to an identity provider, found again by its relay state. */
export interface SamlRelay {
  authorization: Authorization;
  connectionId: string;
  requestId: string;
  expiresAt: Date;
}

/** Who signed in through AuthKit, before any session exists. */
export interface SignedInUser {
  userId: string;
  organizationId: string | null;
  method: string;
  connectionId: string | null;
  browserSessionId: string | null;
  authenticatedAt: Date;
  impersonator?: Impersonator;
}

export interface CodeGrant {
  codeChallenge: string | null;
  expiresAt: Date;
  subject: { profile: Profile } | { user: SignedInUser };
}

/** A record as WorkOS writes it on the wire. */
export type Wire = Record<string, unknown>;

export interface RecordedEvent {
  id: string;
  event: string;
  data: Wire;
  organizationId: string | null;
  actor: EventActor | null;
  createdAt: Date;
}

/** Who made a change, where WorkOS says so. */
export interface EventActor {
  id: string;
  source: 'api' | 'dashboard' | 'admin_portal' | 'system';
  name: string | null;
}
