import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { RoleRecord } from '../identity/organization-source.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn, takeTurnBelow } from '../mirror/turns.js';
import { versionOf, type Account } from '../mirror/version.js';
import type { RoleTables } from './organization-tables.js';

/** The owner of roles that every organization has. */
const ENVIRONMENT = '';
/** Roles are written side by side, but not while a permission is taken out of all of them. */
const PERMISSIONS = 'permissions';

type Tombstones = { tombstones: { object_id: string; deleted_at: Date } };

interface RoleAccount {
  /** `null`: of the environment. */
  readonly organizationId: string | null;
  readonly slug: string;
  /** `null`: the account does not say. */
  readonly permissions: readonly string[] | null;
  readonly updatedAt: Date;
  readonly deleted?: boolean;
}

/** What the copy held before the API was asked: `owner slug` to version. */
type RoleSnapshot = ReadonlyMap<string, string>;

/** The roles that WorkOS knows and what they allow: those of the environment, and those of one organization. */
@Injectable()
export class RolesRepository {
  private readonly db;

  constructor(private readonly database: Database) {
    this.db = database.withTables<RoleTables>();
  }

  /** What the roles of the organization allow: its own before those of the environment. */
  async list(organizationId: string): Promise<RoleRecord[]> {
    const rows = await this.db
      .selectFrom('roles')
      .select(['organization_id', 'slug', 'permissions'])
      .where('organization_id', 'in', [ENVIRONMENT, organizationId])
      .where('deleted', '=', false)
      .orderBy('organization_id')
      .execute();
    const bySlug = new Map(
      rows.map(({ organization_id: owner, slug, permissions }) => [
        slug,
        { slug, permissions, ofOrganization: owner !== ENVIRONMENT, updatedAt: null },
      ]),
    );
    return [...bySlug.values()];
  }

  async snapshot(organizationId: string): Promise<RoleSnapshot> {
    const rows = await this.db
      .selectFrom('roles')
      .select(['organization_id', 'slug', 'version'])
      .where('organization_id', 'in', [ENVIRONMENT, organizationId])
      .execute();
    return new Map(rows.map((row) => [`${row.organization_id} ${row.slug}`, row.version]));
  }

  /** Takes over the roles as WorkOS's API has them. What an event told of since `before` stays. */
  async save(organizationId: string, roles: readonly RoleRecord[], before: RoleSnapshot): Promise<void> {
    await this.database.transaction().execute(async (trx) => {
      const named = new Set<string>();
      for (const { slug, permissions, ofOrganization, updatedAt } of roles.toSorted(bySlug)) {
        const owner = ofOrganization ? organizationId : null;
        named.add(`${owner ?? ENVIRONMENT} ${slug}`);
        const account = { organizationId: owner, slug, permissions, updatedAt: updatedAt ?? new Date(0) };
        await this.apply(trx, account, undefined);
      }
      for (const [key, version] of before) {
        if (named.has(key)) continue;
        const [owner = ENVIRONMENT, slug = ''] = key.split(' ');
        await trx
          .withTables<RoleTables>()
          .updateTable('roles')
          .set({ deleted: true })
          .where('organization_id', '=', owner)
          .where('slug', '=', slug)
          .where('version', '=', version)
          .execute();
      }
    });
  }

  /** @returns whether something changed. A slug may be given again, so a deleted role leaves its version, not a tombstone. */
  async apply(trx: MirrorTransaction, account: RoleAccount, told: Account['event']): Promise<boolean> {
    const { organizationId, slug, updatedAt, deleted = false } = account;
    await takeTurnBelow(trx, [PERMISSIONS]);
    const owner = organizationId ?? ENVIRONMENT;
    const db = trx.withTables<RoleTables>();
    const before = await db
      .selectFrom('roles')
      .selectAll()
      .where('organization_id', '=', owner)
      .where('slug', '=', slug)
      .forUpdate()
      .executeTakeFirst();
    const version = versionOf({ updatedAt, ...(told && { event: told }) });
    if (before && (told ? before.version >= version : before.version > version)) return false;
    const permissions = account.permissions ?? before?.permissions ?? [];
    const values = { permissions: await this.alive(trx, permissions, updatedAt), deleted, version };
    await db
      .insertInto('roles')
      .values({ organization_id: owner, slug, ...values })
      .onConflict((conflict) =>
        conflict
          .columns(['organization_id', 'slug'])
          .doUpdateSet(values)
          .where('roles.version', '<=', version),
      )
      .execute();
    return before?.deleted !== deleted || before.permissions.join('\n') !== values.permissions.join('\n');
  }

  /** No role has the permission any more, and no account of a role that is older brings it back. @returns whether one had it */
  async removePermission(trx: MirrorTransaction, slug: string, deletedAt: Date): Promise<boolean> {
    await takeTurn(trx, [PERMISSIONS]);
    await trx
      .withTables<Tombstones>()
      .insertInto('tombstones')
      .values({ object_id: tombstoneOf(slug), deleted_at: deletedAt })
      .onConflict((conflict) =>
        conflict
          .column('object_id')
          .doUpdateSet({ deleted_at: deletedAt })
          .where('tombstones.deleted_at', '<', deletedAt),
      )
      .execute();
    const db = trx.withTables<RoleTables>();
    // A role that was written after that has a permission that was made anew.
    const { numUpdatedRows } = await db
      .updateTable('roles')
      .set((eb) => ({ permissions: eb.fn('array_remove', ['permissions', eb.val(slug)]) }))
      .where((eb) => eb(eb.val(slug), '=', eb.fn.any('permissions')))
      .where('version', '<', deletedAt.toISOString())
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  private async alive(
    trx: MirrorTransaction,
    permissions: readonly string[],
    updatedAt: Date,
  ): Promise<string[]> {
    if (permissions.length === 0) return [];
    const dead = await trx
      .withTables<Tombstones>()
      .selectFrom('tombstones')
      .select('object_id')
      .where('object_id', 'in', permissions.map(tombstoneOf))
      .where('deleted_at', '>', updatedAt)
      .execute();
    const gone = new Set(dead.map((row) => row.object_id));
    return permissions.filter((slug) => !gone.has(tombstoneOf(slug)));
  }
}

/** Permissions are known by their slug alone, and a slug may be given again. */
function tombstoneOf(slug: string): string {
  return `permission ${slug}`;
}

function bySlug(a: RoleRecord, b: RoleRecord): number {
  return a.slug < b.slug ? -1 : 1;
}
