import { sql, type Kysely } from 'kysely';

/**
 * Copies that follow WorkOS's events. Events come in any order, so no copy refers to another by a foreign key: a domain may
 * be heard of before its organization. `version` orders what is heard of one object (src/mirror/version.ts); an object that
 * was deleted leaves a tombstone, and nothing that comes late brings it back.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tombstones (
      object_id text primary key,
      deleted_at timestamptz not null
    );

    create table organization_policies (
      organization_id text primary key,
      policy jsonb not null,
      updated_at timestamptz not null
    );
    insert into organization_policies (organization_id, policy, updated_at)
      select id, jsonb_strip_nulls(jsonb_build_object(
        'guests', guests, 'idleTimeout', idle_timeout, 'absoluteTimeout', absolute_timeout)), synced_at
      from organizations
      where guests is not null or idle_timeout is not null or absolute_timeout is not null;
    alter table organizations
      drop column guests, drop column idle_timeout, drop column absolute_timeout,
      add column version text collate "C" not null default '';

    drop table organization_domains;
    create table organization_domains (
      id text primary key,
      organization_id text not null,
      domain text not null,
      state text not null,
      version text collate "C" not null
    );
    create index on organization_domains (domain);
    create index on organization_domains (organization_id);

    alter table connections
      drop constraint connections_organization_id_fkey,
      add column version text collate "C" not null default '';
    create table connection_certificates (
      connection_id text not null,
      organization_id text,
      type text not null,
      expires_at timestamptz not null,
      renewed_at timestamptz,
      warned_days integer,
      version text collate "C" not null,
      primary key (connection_id, type)
    );
    create index on connection_certificates (organization_id);
    create index on connection_certificates (expires_at);

    drop table organization_roles;
    create table roles (
      organization_id text not null,
      slug text not null,
      permissions text[] not null,
      deleted boolean not null default false,
      version text collate "C" not null,
      primary key (organization_id, slug)
    );
    comment on column roles.organization_id is 'empty for a role of the environment, which every organization has';

    alter table users
      add column version text collate "C" not null default '',
      add column deleted_at timestamptz;
    create index on users (lower(email));
    create index on user_identities (organization_id, idp_id);
    alter table memberships
      drop constraint memberships_organization_id_fkey,
      drop constraint memberships_user_id_fkey,
      add column id text unique,
      add column status text not null default 'active',
      add column version text collate "C" not null default '';

    create table directories (
      id text primary key,
      organization_id text,
      name text not null,
      type text not null,
      state text not null,
      version text collate "C" not null
    );
    create index on directories (organization_id);
    create table directory_users (
      id text primary key,
      directory_id text not null,
      organization_id text not null,
      idp_id text not null,
      email text,
      first_name text,
      last_name text,
      state text not null,
      user_id text,
      version text collate "C" not null,
      deleted_at timestamptz
    );
    create index on directory_users (directory_id);
    create index on directory_users (organization_id, idp_id);
    create index on directory_users (organization_id, email);
    create index on directory_users (user_id);
    create table directory_groups (
      id text primary key,
      directory_id text not null,
      organization_id text not null,
      name text not null,
      version text collate "C" not null
    );
    create index on directory_groups (organization_id);
    create table directory_group_members (
      group_id text not null,
      directory_user_id text not null,
      present boolean not null,
      version text collate "C" not null,
      primary key (group_id, directory_user_id)
    );
    create index on directory_group_members (directory_user_id);

    create table revocation_outbox (
      id bigint generated always as identity primary key,
      kind text not null,
      subject_id text not null,
      reason text not null,
      requested_at timestamptz not null
    );

    create table workos_events (
      id text primary key,
      event text not null,
      object_key text not null,
      organization_id text,
      created_at timestamptz not null,
      received_at timestamptz not null,
      source text not null check (source in ('webhook', 'events_api')),
      data jsonb not null,
      state text not null check (state in ('pending', 'done', 'dead')),
      attempts integer not null default 0,
      due_at timestamptz not null,
      error text,
      processed_at timestamptz
    );
    create index on workos_events (due_at) where state = 'pending';
    create index on workos_events (object_key, created_at, id) where state = 'pending';
    create index on workos_events (id) where state = 'dead';
    create index on workos_events (processed_at) where state = 'done';
    create table event_deliveries (
      event_id text not null references workos_events on delete cascade,
      handler text not null,
      state text not null check (state in ('pending', 'done', 'dead')),
      attempts integer not null default 0,
      due_at timestamptz not null,
      error text,
      primary key (event_id, handler)
    );
    create index on event_deliveries (due_at) where state = 'pending';
    create index on event_deliveries (event_id) where state = 'dead';
    create table event_cursors (
      name text primary key,
      cursor text,
      read_at timestamptz,
      holder text,
      lease_until timestamptz
    );

    create table break_glass_passes (
      id text primary key,
      code_hash text not null unique,
      organization_id text not null,
      email text not null,
      reason text not null,
      issued_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    );
  `.execute(db);
}
