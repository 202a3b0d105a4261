import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { sql } from 'kysely';
import { createTestApp, type TestApp } from '../testing/index.js';
import { DatabaseModule } from './database.module.js';
import { Database } from './database.js';
import { TenantRepository } from './tenant.repository.js';

@Injectable()
class NotesRepository extends TenantRepository<{ text: string; order: number }> {
  protected override readonly table = 'notes';
  protected override readonly idPrefix = 'team_note';
  protected override readonly columns = { text: 'text', order: 'order' };
}

@Module({ imports: [DatabaseModule], providers: [NotesRepository] })
class NotesModule {}

describe('a repository of rows that belong to organizations', () => {
  let app: TestApp;
  let notes: NotesRepository;
  beforeAll(async () => {
    app = await createTestApp(NotesModule);
    notes = app.get(NotesRepository, { strict: false });
    await sql`
      create table notes (
        id text primary key,
        organization_id text not null,
        created_at timestamptz not null,
        text text not null,
        "order" integer not null
      )`.execute(app.get(Database, { strict: false }));
  });
  afterAll(() => app.close());

  it('keeps nothing but the values that it names', async () => {
    const note = await notes.create('org_acme', {
      text: 'x',
      order: 1,
      organization_id: 'org_globex',
    } as never);
    expect(note).toEqual({
      id: expect.stringMatching(/^team_note_/),
      text: 'x',
      order: 1,
      createdAt: expect.any(Date),
    });
    expect(await notes.get('org_acme', note.id)).toEqual(note);
    await notes.remove('org_acme', note.id);
  });

  it('shows, lists and removes nothing of another organization', async () => {
    const theirs = await notes.create('org_globex', { text: 'theirs', order: 1 });
    const missing = expect.objectContaining({ code: 'not_found' });
    for (const organization of ['org_acme', 'ORG_GLOBEX', '', "' or '1' = '1", 'org_globex%']) {
      await expect(notes.get(organization, theirs.id)).rejects.toEqual(missing);
      await expect(notes.remove(organization, theirs.id)).rejects.toEqual(missing);
      expect(await notes.list(organization, { limit: 100 })).toEqual({ data: [], nextCursor: null });
      const cursor = Buffer.from(`${theirs.id.slice(0, -1)}Z`).toString('base64url');
      expect((await notes.list(organization, { limit: 100, cursor })).data).toEqual([]);
    }
    expect(await notes.get('org_globex', theirs.id)).toEqual(theirs);
    await notes.remove('org_globex', theirs.id);
    await expect(notes.get('org_globex', theirs.id)).rejects.toEqual(missing);
  });

  it('comes page by page, the newest first', async () => {
    const made: string[] = [];
    for (let order = 0; order < 5; order++)
      made.unshift((await notes.create('org_acme', { text: 'x', order })).id);
    const first = await notes.list('org_acme', { limit: 3 });
    const rest = await notes.list('org_acme', { limit: 3, cursor: first.nextCursor ?? '' });
    expect(rest.nextCursor).toBeNull();
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(made.toSorted().toReversed());
  });
});
