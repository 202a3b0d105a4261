import type { Generated, Kysely } from 'kysely';

/** The copies of what WorkOS's directories hold (src/database/migrations/0003-events.ts). */
export type DirectoryTables = {
  directories: {
    id: string;
    organization_id: string | null;
    name: string;
    type: string;
    state: string;
    version: string;
  };
  directory_users: {
    id: string;
    directory_id: string;
    organization_id: string;
    idp_id: string;
    /** As `emailKey` makes it, for comparison. */
    email: string | null;
    first_name: string | null;
    last_name: string | null;
    state: string;
    /** Whom it is linked to: never taken away, and moved where that account becomes another one's second. */
    user_id: Generated<string | null>;
    /** Whom it means is not plain, and that is on record. */
    left_open: Generated<boolean>;
    version: string;
    deleted_at: Date | null;
  };
  directory_groups: {
    id: string;
    directory_id: string;
    organization_id: string;
    name: string;
    version: string;
  };
  directory_group_members: {
    group_id: string;
    directory_user_id: string;
    present: boolean;
    version: string;
  };
};

/** The database, or a transaction of it. */
export type Queries = Kysely<Record<never, never>>;
