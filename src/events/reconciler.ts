import { Injectable, Logger } from '@nestjs/common';
import { ObjectLists, type ObjectList, type WireObject } from '../identity/object-lists.port.js';
import type { RawWorkosEvent, WorkosEventName } from '../identity/workos-event.js';
import { accountOf, connectionEvent, directoryEvent, factOf } from './account-events.js';
import { EventInbox } from './event-inbox.js';
import { LOCAL_KINDS, LocalCopyRepository, SEATS, type LocalKind } from './local-copy.repository.js';
import { PatientLists } from './patient-lists.js';

export interface Reconciliation {
  readonly found: number;
  readonly gone: number;
}

/**
 * Compares the local copy with all that there is at WorkOS, for where the log of events cannot be followed. It changes
 * nothing itself: what it finds goes through the inbox, as events, and is carried over by the same appliers.
 *
 * Of what is copied here and in no list, only that is told as deleted of which WorkOS also says so when asked for it
 * alone, and which was not heard of since the beginning: a deletion is for ever.
 */
@Injectable()
export class Reconciler {
  private readonly logger = new Logger('Events');

  constructor(
    private readonly lists: ObjectLists,
    private readonly local: LocalCopyRepository,
    private readonly inbox: EventInbox,
  ) {}

  /**
   * @param begun since when what is heard counts as news; the same where one that broke off is begun again
   * @param goOn called now and then; what it throws ends the reconciliation
   * @throws where anything could not be read: then nothing is told as deleted, but who left a group of which all was read
   */
  async run(begun: Date, goOn: () => Promise<void>): Promise<Reconciliation> {
    const round = new Round(new PatientLists(this.lists, goOn), this.local, this.inbox, begun, goOn);
    await round.environment();
    for (const organization of round.keysOf('organization.deleted')) await round.organization(organization);
    for (const directory of round.keysOf('dsync.deleted')) await round.directory(directory);
    await round.everythingGone();
    const result = { found: round.found, gone: round.gone };
    this.logger.log({ ...result }, 'reconciled with what there is at WorkOS');
    return result;
  }
}

/** One reconciliation: what it has seen so far, by the event that would tell of its end. */
class Round {
  found = 0;
  gone = 0;
  private readonly seen = new Map<WorkosEventName, Set<string>>();
  private readonly goneParents = new Set<string>();

  constructor(
    private readonly lists: PatientLists,
    private readonly local: LocalCopyRepository,
    private readonly inbox: EventInbox,
    private readonly begun: Date,
    private readonly goOn: () => Promise<void>,
  ) {}

  keysOf(deleted: WorkosEventName): ReadonlySet<string> {
    return this.seen.get(deleted) ?? new Set();
  }

  private async tell(events: readonly RawWorkosEvent[]): Promise<void> {
    await this.inbox.receive(events, 'events_api');
  }

  async environment(): Promise<void> {
    await this.each({ of: 'environment_roles' }, 'role.deleted', 'role.updated', slugOf);
    await this.each({ of: 'organizations' }, 'organization.deleted', 'organization.updated');
    await this.each({ of: 'connections' }, 'connection.deleted', connectionEvent);
    await this.each({ of: 'directories' }, 'dsync.deleted', directoryEvent);
    await this.each({ of: 'users' }, 'user.deleted', 'user.updated');
  }

  async organization(organizationId: string): Promise<void> {
    const memberships = { of: 'memberships', organizationId } as const;
    await this.each(memberships, 'organization_membership.deleted', 'organization_membership.updated');
    for await (const page of this.lists.pages({ of: 'organization_roles', organizationId })) {
      const own = page.filter((role) => role['type'] === 'OrganizationRole');
      const roles = own.map((role) => ({ ...role, organization_id: organizationId }));
      this.note('organization_role.deleted', roles, (role) => `${organizationId}/${slugOf(role)}`);
      await this.tell(roles.map((role) => accountOf('organization_role.updated', role, this.begun)));
      await this.goOn();
    }
  }

  async directory(directoryId: string): Promise<void> {
    await this.each({ of: 'directory_users', directoryId }, 'dsync.user.deleted', 'dsync.user.updated');
    const groups: WireObject[] = [];
    const list = { of: 'directory_groups', directoryId } as const;
    await this.each(list, 'dsync.group.deleted', 'dsync.group.updated', idOf, groups);
    for (const group of groups) await this.members(directoryId, group);
  }

  /** Compared at once: the seats of all groups together would be too many to remember. */
  private async members(directoryId: string, group: WireObject): Promise<void> {
    const groupId = idOf(group);
    const listed = new Set<string>();
    for await (const users of this.lists.pages({ of: 'group_members', groupId, directoryId })) {
      const members = users.map((user) => ({ directory_id: directoryId, user, group }));
      for (const user of users) listed.add(`${groupId}/${idOf(user)}`);
      this.found += users.length;
      await this.tell(members.map((member) => factOf('dsync.group.user_added', member, this.begun)));
      await this.goOn();
    }
    await this.tellGone(SEATS, listed, groupId);
  }

  async everythingGone(): Promise<void> {
    for (const kind of LOCAL_KINDS) await this.tellGone(kind, this.keysOf(kind.deleted), null);
  }

  private async tellGone(kind: LocalKind, listed: ReadonlySet<string>, parent: string | null): Promise<void> {
    const time = this.begun.toISOString();
    for await (const page of this.local.olderThan(kind, this.begun, parent)) {
      await this.goOn();
      for (const object of page) {
        // What belonged to it goes with it.
        if (listed.has(object.key) || this.goneParents.has(object.parent ?? '')) continue;
        await this.goOn();
        if (kind.kind !== null) {
          if (await this.lists.exists(kind.kind, object.key)) continue;
          this.goneParents.add(object.key);
        }
        await this.tell([factOf(kind.deleted, withTimes(object.data, time), this.begun)]);
        this.gone += 1;
      }
    }
  }

  private async each(
    list: ObjectList,
    deleted: WorkosEventName,
    event: WorkosEventName | ((object: WireObject) => WorkosEventName),
    keyOf = idOf,
    kept?: WireObject[],
  ): Promise<void> {
    for await (const page of this.lists.pages(list)) {
      this.note(deleted, page, keyOf);
      kept?.push(...page);
      const domains = list.of === 'organizations' ? page.flatMap(domainsOf) : [];
      this.note('organization_domain.deleted', domains, idOf);
      await this.tell([
        ...page.map((object) =>
          accountOf(typeof event === 'string' ? event : event(object), object, this.begun),
        ),
        ...domains.map((domain) => accountOf('organization_domain.updated', domain, this.begun)),
      ]);
      await this.goOn();
    }
  }

  private note(
    deleted: WorkosEventName,
    objects: readonly WireObject[],
    keyOf: (object: WireObject) => string,
  ): void {
    const keys = this.seen.get(deleted) ?? new Set();
    this.seen.set(deleted, keys);
    for (const object of objects) keys.add(keyOf(object));
    if (deleted !== 'organization_domain.deleted') this.found += objects.length;
  }
}

function idOf(object: WireObject): string {
  return String(object['id']);
}

function slugOf(role: WireObject): string {
  return String(role['slug']);
}

function domainsOf({ domains }: WireObject): WireObject[] {
  return Array.isArray(domains) ? (domains as WireObject[]) : [];
}

/** A payload of an event has times everywhere, as has each object inside it. */
function withTimes(data: WireObject, time: string): WireObject {
  const times = { created_at: time, updated_at: time };
  const inner = Object.entries(data).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? { ...value, ...times } : value,
  ]);
  return { ...Object.fromEntries(inner), ...times } as WireObject;
}
