import type { ApiKey } from './api-keys/api-key.model.js';
import type { SandboxClock } from './clock.js';
import type { ConnectApplication } from './connect/application.model.js';
import type {
  Directory,
  DirectoryGroup,
  DirectoryRecords,
  DirectoryUser,
  Suspension,
} from './directories/directory.model.js';
import { EventLog } from './events/event-log.js';
import { timedId } from './ids.js';
import type {
  Authorization,
  BrowserSession,
  CodeGrant,
  Connection,
  Domain,
  EventActor,
  Membership,
  Organization,
  Permission,
  Profile,
  RecordedEvent,
  Role,
  SamlRelay,
  Session,
  SignedInUser,
  User,
  Wire,
} from './model.js';
import type { RecordIds } from './record-ids.js';
import type { Resource, ResourceGrant } from './resources/resource.model.js';
import type { ReadSeed } from './seed.js';
import { seededRecords } from './seeded-records.js';

export interface RefreshGrant {
  sessionId: string;
  /** Set by the exchange that spent the token; the same answer is given again for half a minute. */
  spent: { at: Date; answer: Promise<Wire> } | null;
}

export interface Settings {
  redirectUris: string[];
  defaultRedirectUri: string;
  logoutRedirects: string[];
  initiateLoginUri: string;
  /** How many of the next authenticate calls ask for an organization first. */
  organizationSelections: number;
  /** What a suspension in a directory becomes where the request does not say. */
  directorySuspension: Suspension;
  /** Whether people of directories carry groups, e-mails, username and job title, as before 2026. */
  directoryLegacyFields: boolean;
}

/** Everything that the sandbox remembers. Lists stand in the order of creation. */
export class SandboxState implements DirectoryRecords {
  readonly clientId: string;
  readonly apiKey: string;
  organizations: Organization[] = [];
  connections: Connection[] = [];
  roles: Role[] = [];
  permissions: Permission[] = [];
  users: User[] = [];
  memberships: Membership[] = [];
  directories: Directory[] = [];
  directoryUsers: DirectoryUser[] = [];
  formerDirectoryUsers: DirectoryUser[] = [];
  directoryGroups: DirectoryGroup[] = [];
  apiKeys: ApiKey[] = [];
  applications: ConnectApplication[] = [];
  resources: Resource[] = [];
  grants: ResourceGrant[] = [];
  profiles: Profile[] = [];
  sessions: Session[] = [];
  settings!: Settings;
  readonly log: EventLog;
  private readonly firstEventId: string;

  readonly authorizations = new Map<string, Authorization>();
  readonly relays = new Map<string, SamlRelay>();
  readonly codes = new Map<string, CodeGrant>();
  readonly profileTokens = new Map<string, { profile: Profile; expiresAt: Date }>();
  readonly refreshTokens = new Map<string, RefreshGrant>();
  readonly pendingAuthentications = new Map<string, { user: SignedInUser; expiresAt: Date }>();
  readonly browserSessions = new Map<string, BrowserSession>();
  /** Profile ID to user ID. */
  readonly identities = new Map<string, string>();

  constructor(
    private readonly seed: ReadSeed,
    private readonly appUrl: string,
    private readonly clock: SandboxClock,
    readonly ids: RecordIds,
  ) {
    this.clientId = seed.client_id;
    this.apiKey = seed.api_key;
    this.log = new EventLog(clock);
    this.firstEventId = timedId('event', clock.now().getTime(), 0);
    this.reset();
  }

  /** The first id of an event of this run, where the sandbox remembers that there were others; else empty. */
  get begun(): string {
    return this.ids.remembers ? this.firstEventId : '';
  }

  get events(): readonly RecordedEvent[] {
    return this.log.entries;
  }

  reset(): void {
    this.ids.reset();
    Object.assign(this, seededRecords(this.seed, this.ids, this.clock.now()));
    this.profiles = [];
    this.sessions = [];
    this.log.clear();
    this.authorizations.clear();
    this.relays.clear();
    this.codes.clear();
    this.profileTokens.clear();
    this.refreshTokens.clear();
    this.pendingAuthentications.clear();
    this.browserSessions.clear();
    this.identities.clear();
    this.settings = {
      redirectUris: [`${this.appUrl}/auth/callback`],
      defaultRedirectUri: `${this.appUrl}/auth/callback`,
      logoutRedirects: [this.appUrl, `${this.appUrl}/`],
      initiateLoginUri: `${this.appUrl}/auth/login`,
      organizationSelections: 0,
      directorySuspension: 'delete',
      directoryLegacyFields: false,
    };
  }

  organization(id: string): Organization | undefined {
    return this.organizations.find((organization) => organization.id === id);
  }

  domain(id: string): Domain | undefined {
    return this.organizations.flatMap(({ domains }) => domains).find((domain) => domain.id === id);
  }

  connection(id: string): Connection | undefined {
    return this.connections.find((connection) => connection.id === id);
  }

  user(id: string): User | undefined {
    return this.users.find((user) => user.id === id);
  }

  userByEmail(email: string): User | undefined {
    const wanted = email.toLowerCase();
    return this.users.find((user) => user.email.toLowerCase() === wanted);
  }

  session(id: string): Session | undefined {
    return this.sessions.find((session) => session.id === id);
  }

  membership(userId: string, organizationId: string): Membership | undefined {
    return this.memberships.find(
      (membership) =>
        membership.userId === userId &&
        membership.organizationId === organizationId &&
        membership.status === 'active',
    );
  }

  organizationsOf(userId: string): Organization[] {
    return this.organizations.filter(({ id }) => this.membership(userId, id));
  }

  ownerOfDomain(domain: string): Organization | undefined {
    return this.organizations.find((organization) => isVerifiedDomain(organization, domain));
  }

  activeConnections(organizationId: string): Connection[] {
    return this.connections.filter(
      (connection) => connection.organizationId === organizationId && connection.state === 'active',
    );
  }

  /** The organization's own role of this name, else the environment's. */
  role(slug: string, organizationId: string | null): Role | undefined {
    const named = this.roles.filter((role) => role.slug === slug);
    return (
      named.find((role) => role.organizationId === organizationId) ??
      named.find((role) => role.organizationId === null)
    );
  }

  permissionsOf(role: string, organizationId: string | null): string[] {
    return this.role(role, organizationId)?.permissions ?? [];
  }

  record(event: string, data: Wire, organizationId: string | null, actor: EventActor | null = null): void {
    if (event.endsWith('.deleted') && typeof data['id'] === 'string') this.ids.spend({ id: data['id'] });
    this.log.record(event, data, organizationId, actor);
  }
}

export function isVerifiedDomain(organization: Organization, domain: string): boolean {
  const wanted = domain.toLowerCase();
  return organization.domains.some((entry) => entry.state === 'verified' && entry.domain === wanted);
}

export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}
