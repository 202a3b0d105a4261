import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { Clock } from '../common/clock.js';
import { cursorId, pageOf, type Page, type PageQuery } from '../common/pagination.js';
import { ProblemError } from '../common/problem-error.js';
import { Random } from '../common/random.js';
import { Database } from './database.js';

/** What a row has beside its own values. */
export type Kept<Values> = Values & { id: string; createdAt: Date };

/**
 * Rows that belong to organizations. Every query names one, so that a row of another organization is not there. The table
 * has the columns `id`, `organization_id` and `created_at` beside those of its values, and an index on
 * `(organization_id, id desc)`.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class InvoicesRepository extends TenantRepository<NewInvoice> {
 *   protected override readonly table = 'invoices';
 *   protected override readonly idPrefix = 'invoice';
 *   protected override readonly columns = { customer: 'customer', amountCents: 'amount_cents' };
 * }
 * ```
 */
@Injectable()
export abstract class TenantRepository<Values extends object> {
  protected abstract readonly table: string;
  protected abstract readonly idPrefix: string;
  /** Column by name of the value, each of them. */
  protected abstract readonly columns: Readonly<Record<keyof Values & string, string>>;

  constructor(
    protected readonly database: Database,
    protected readonly clock: Clock,
    protected readonly random: Random,
  ) {}

  /** One page, the newest first. */
  async list(organizationId: string, query: PageQuery): Promise<Page<Kept<Values>>> {
    const cursor = cursorId(query);
    const { rows } = await sql<Kept<Values>>`
      select ${this.selection} from ${sql.table(this.table)}
      where organization_id = ${organizationId} ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
      order by id desc limit ${query.limit + 1}`.execute(this.database);
    return pageOf(rows, query.limit);
  }

  /** @throws `not_found` */
  async get(organizationId: string, id: string): Promise<Kept<Values>> {
    const { rows } = await sql<Kept<Values>>`
      select ${this.selection} from ${sql.table(this.table)}
      where organization_id = ${organizationId} and id = ${id}`.execute(this.database);
    return found(rows);
  }

  async create(organizationId: string, values: Values): Promise<Kept<Values>> {
    const now = this.clock.now();
    const own = Object.entries<string>(this.columns);
    const columns = ['id', 'organization_id', 'created_at', ...own.map(([, column]) => column)];
    const row = [
      this.random.id(this.idPrefix, now),
      organizationId,
      now,
      ...own.map(([name]) => values[name as keyof Values]),
    ];
    const { rows } = await sql<Kept<Values>>`
      insert into ${sql.table(this.table)} (${sql.join(columns.map((column) => sql.ref(column)))})
      values (${sql.join(row)}) returning ${this.selection}`.execute(this.database);
    return found(rows);
  }

  /** @throws `not_found` */
  async remove(organizationId: string, id: string): Promise<void> {
    const { rows } = await sql<{ id: string }>`
      delete from ${sql.table(this.table)}
      where organization_id = ${organizationId} and id = ${id} returning id`.execute(this.database);
    found(rows);
  }

  private get selection(): RawBuilder<unknown> {
    const names = Object.entries<string>({ id: 'id', ...this.columns, createdAt: 'created_at' });
    return sql.join(names.map(([name, column]) => sql`${sql.ref(column)} as ${sql.ref(name)}`));
  }
}

function found<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new ProblemError('not_found');
  return row;
}
