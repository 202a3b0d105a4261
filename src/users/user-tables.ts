import { sql, type Generated } from 'kysely';

/** The people, their accounts and where they are members (src/database/migrations). */
export type UserTables = {
  users: {
    id: string;
    email: string;
    first_name: string | null;
    last_name: string | null;
    profile_picture_url: string | null;
    created_at: Date;
    updated_at: Date;
    version: Generated<string>;
    deleted_at: Generated<Date | null>;
  };
  user_identities: {
    connection_id: string;
    idp_id: string;
    profile_id: string;
    organization_id: string | null;
    user_id: string;
  };
  memberships: {
    organization_id: string;
    user_id: string;
    /** Those that WorkOS names; what groups add is worked out where it is needed. */
    roles: string[];
    updated_at: Date;
    /** WorkOS's own; `null` where a sign-in made the member. */
    id: Generated<string | null>;
    status: Generated<string>;
    /** Empty where no event told of it yet. */
    version: Generated<string>;
    /** The account in the same organization that the same person signs in by (src/sync/people-linker.service.ts). */
    same_as: Generated<string | null>;
    /** They came in here by this membership. */
    joined: Generated<boolean>;
    /** Their directory is gone since then, and they have not signed in again. */
    without_directory_since: Generated<Date | null>;
  };
};

/** Of a row that was inserted or updated: one that was there before has been locked by this transaction. */
export const isNew = sql<boolean>`xmax = 0`.as('is_new');
