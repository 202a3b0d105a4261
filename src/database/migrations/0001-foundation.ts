import { sql, type Kysely } from 'kysely';

/** Organizations as WorkOS has them, people, sessions, spent sign-ins, and the audit log. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table organizations (
      id text primary key,
      name text not null,
      guests text check (guests in ('allow', 'deny')),
      idle_timeout integer,
      absolute_timeout integer,
      synced_at timestamptz not null,
      deleted_at timestamptz
    );
    create table organization_domains (
      organization_id text not null references organizations on delete cascade,
      domain text not null,
      state text not null,
      primary key (organization_id, domain)
    );
    create index on organization_domains (domain);
    create table connections (
      id text primary key,
      organization_id text not null references organizations on delete cascade,
      name text not null,
      type text not null,
      state text not null
    );
    create index on connections (organization_id);
    create table organization_roles (
      organization_id text not null references organizations on delete cascade,
      slug text not null,
      permissions text[] not null,
      primary key (organization_id, slug)
    );

    create table users (
      id text primary key,
      email text not null,
      first_name text,
      last_name text,
      profile_picture_url text,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create table user_identities (
      connection_id text not null,
      idp_id text not null,
      profile_id text not null unique,
      organization_id text,
      user_id text not null references users on delete cascade,
      primary key (connection_id, idp_id)
    );
    create index on user_identities (user_id);
    create table memberships (
      organization_id text not null references organizations on delete cascade,
      user_id text not null references users on delete cascade,
      roles text[] not null,
      updated_at timestamptz not null,
      primary key (organization_id, user_id)
    );
    create index on memberships (user_id);

    create table sessions (
      id text primary key,
      token_hash text not null unique,
      user_id text not null,
      organization_id text,
      connection_id text,
      directory_id text,
      last_seen_at timestamptz not null,
      expires_at timestamptz not null,
      idle_timeout integer not null,
      version integer not null,
      claimed_until timestamptz,
      data jsonb not null
    );
    create index on sessions (user_id, id desc);
    create index on sessions (organization_id);
    create index on sessions (connection_id);
    create index on sessions (directory_id);
    create index on sessions (expires_at);
    create table session_revocations (
      kind text not null,
      subject_id text not null,
      revoked_at timestamptz not null,
      primary key (kind, subject_id)
    );
    create index on session_revocations (revoked_at);

    create table spent_sign_ins (
      state_hash bytea primary key,
      expires_at timestamptz not null
    );
    create index on spent_sign_ins (expires_at);

    create table audit_events (
      id text primary key,
      occurred_at timestamptz not null,
      action text not null,
      outcome text not null check (outcome in ('success', 'failure')),
      reason text,
      user_id text,
      organization_id text,
      connection_id text,
      session_id text,
      ip text,
      user_agent text,
      request_id text,
      details jsonb not null default '{}'
    );
    create index on audit_events (organization_id, id desc);
  `.execute(db);
}
