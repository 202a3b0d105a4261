import { randomBytes } from 'node:crypto';
import type {
  ApiKeyPrincipal,
  Impersonator,
  MachinePrincipal,
  Organization,
  User,
  UserPrincipal,
} from '../identity/principal.js';
import type { Permission } from '../permissions.js';

interface Granted {
  readonly roles?: readonly string[];
  readonly permissions?: readonly Permission[];
}

export interface TestUser extends Granted {
  readonly user?: Partial<User>;
  /** An id is enough; without one the person signed in without a company. */
  readonly organization?: Organization | string | null;
  /** Somebody of WorkOS's dashboard who acts as the person. */
  readonly impersonator?: Impersonator;
  /** When the person last proved who they are, for `@RequireRecentAuth`. */
  readonly provenAt?: Date;
}

export interface TestMachine extends Granted {
  readonly clientId?: string;
  readonly organization: Organization | string;
}

export interface TestApiKey extends Granted {
  readonly apiKey?: Partial<ApiKeyPrincipal['apiKey']>;
  readonly organization: Organization | string;
}

const HOUR = 3_600_000;

/** A person with a session that began now and lasts for an hour. */
export function userPrincipal(given: TestUser = {}, now = new Date()): UserPrincipal {
  const id = given.user?.id ?? `user_${word()}`;
  return {
    kind: 'user',
    credential: 'session',
    user: {
      id,
      email: `${id}@example.com`,
      firstName: null,
      lastName: null,
      profilePictureUrl: null,
      ...given.user,
    },
    organization: organizationOf(given.organization ?? null),
    ...grantsOf(given),
    session: {
      id: `session_${word()}`,
      authenticatedAt: now,
      provenAt: given.provenAt ?? null,
      expiresAt: new Date(now.getTime() + HOUR),
      method: 'sso',
      connectionId: null,
      impersonator: given.impersonator ?? null,
    },
  };
}

export function machinePrincipal(given: TestMachine, now = new Date()): MachinePrincipal {
  return {
    kind: 'machine',
    machine: {
      clientId: given.clientId ?? `client_${word()}`,
      expiresAt: new Date(now.getTime() + HOUR),
    },
    organization: organizationOf(given.organization),
    ...grantsOf(given),
  };
}

export function apiKeyPrincipal(given: TestApiKey): ApiKeyPrincipal {
  return {
    kind: 'apiKey',
    apiKey: { id: `api_key_${word()}`, name: 'Test', userId: null, ...given.apiKey },
    organization: organizationOf(given.organization),
    ...grantsOf(given),
  };
}

function grantsOf({ roles = [], permissions = [] }: Granted) {
  return { roles, permissions };
}

function organizationOf(given: Organization | string | null): Organization | null {
  return typeof given === 'string' ? { id: given, name: given } : given;
}

function word(): string {
  return randomBytes(8).toString('hex');
}
