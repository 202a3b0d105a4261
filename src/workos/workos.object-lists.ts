import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { z } from 'zod';
import {
  ObjectLists,
  type ObjectKind,
  type ObjectList,
  type ObjectPage,
} from '../identity/object-lists.port.js';
import { classify, unavailable } from './workos.errors.js';

const LIMIT = '100';
/** Milliseconds between two requests for one directory: WorkOS answers four a second ("Rate limits"). */
const DIRECTORY_PACE = 260;

const page = z.object({
  data: z.array(z.record(z.string(), z.unknown())),
  list_metadata: z.object({ after: z.string().nullish() }).nullish(),
});

const PATHS: Readonly<Record<ObjectKind, string>> = {
  organization: '/organizations',
  organization_domain: '/organization_domains',
  connection: '/connections',
  user: '/user_management/users',
  organization_membership: '/user_management/organization_memberships',
  directory: '/directories',
  directory_user: '/directory_users',
  directory_group: '/directory_groups',
};

/** WorkOS's lists, as they are on the wire. */
@Injectable()
export class WorkosObjectLists extends ObjectLists {
  private readonly nextFor = new Map<string, number>();

  constructor(private readonly workos: WorkOS) {
    super();
  }

  async page(list: ObjectList, after: string | null): Promise<ObjectPage> {
    const { path, query, directoryId } = requestFor(list);
    if (directoryId !== undefined) await this.keepPace(directoryId);
    const answer = await this.get(path, { ...query, ...(after === null ? {} : { after }) });
    // A parent may go while its list is read. A list of the environment is always there.
    if (answer === null && !isWithin(list)) throw unavailable(new Error(`no list of ${list.of}`));
    if (answer === null) return { objects: [], next: null };
    const { success, data: listed, error } = page.safeParse(answer);
    if (!success) throw unavailable(error);
    const next = listed.data.length === 0 ? null : (listed.list_metadata?.after ?? null);
    return { objects: listed.data, next };
  }

  async exists(kind: ObjectKind, id: string): Promise<boolean> {
    if (kind === 'directory_user') await this.keepPace(kind);
    return (await this.get(`${PATHS[kind]}/${encodeURIComponent(id)}`, {})) !== null;
  }

  /** `null` where WorkOS says that there is no such thing. */
  private async get(path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    try {
      const answer: { data: unknown } = await this.workos.get(path, { query });
      return answer.data;
    } catch (error) {
      if (classify(error).kind === 'not-found') return null;
      throw unavailable(error);
    }
  }

  private async keepPace(key: string): Promise<void> {
    const now = performance.now();
    const turn = Math.max(now, this.nextFor.get(key) ?? 0);
    this.nextFor.set(key, turn + DIRECTORY_PACE);
    if (turn > now) await pause(turn - now);
  }
}

function isWithin(list: ObjectList): boolean {
  return 'organizationId' in list || 'directoryId' in list;
}

interface ListRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly directoryId?: string;
}

function requestFor(list: ObjectList): ListRequest {
  const query = { limit: LIMIT };
  switch (list.of) {
    case 'organizations':
      return { path: PATHS.organization, query };
    case 'connections':
      return { path: PATHS.connection, query };
    case 'directories':
      return { path: PATHS.directory, query };
    case 'users':
      return { path: PATHS.user, query };
    case 'memberships': {
      // Without their statuses only the active ones are listed.
      const statuses = 'active,inactive,pending';
      return {
        path: PATHS.organization_membership,
        query: { ...query, organization_id: list.organizationId, statuses },
      };
    }
    // Roles come all at once: these lists have no pages.
    case 'environment_roles':
      return { path: '/authorization/roles', query: {} };
    case 'organization_roles':
      return {
        path: `/authorization/organizations/${encodeURIComponent(list.organizationId)}/roles`,
        query: {},
      };
    case 'directory_users':
    case 'directory_groups': {
      const { directoryId } = list;
      const kind = list.of === 'directory_users' ? 'directory_user' : 'directory_group';
      return { path: PATHS[kind], query: { ...query, directory: directoryId }, directoryId };
    }
    case 'group_members': {
      const { groupId: group, directoryId } = list;
      return { path: PATHS.directory_user, query: { ...query, group }, directoryId };
    }
  }
}
