import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Random } from '../common/random.js';
import { Database } from '../database/database.js';
import type { Invoice, NewInvoice } from './invoices.schemas.js';

interface InvoiceTable {
  id: string;
  organization_id: string;
  customer: string;
  amount_cents: number;
  created_at: Date;
}

const COLUMNS = ['id', 'customer', 'amount_cents as amountCents', 'created_at as createdAt'] as const;

/** Every query names the organization: an invoice of another one is not there. */
@Injectable()
export class InvoicesRepository {
  private readonly db;

  constructor(
    database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.db = database.withTables<{ invoices: InvoiceTable }>();
  }

  list(organizationId: string, limit: number, cursor?: string): Promise<Invoice[]> {
    const own = this.db.selectFrom('invoices').select(COLUMNS).where('organization_id', '=', organizationId);
    return (cursor === undefined ? own : own.where('id', '<', cursor))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  find(organizationId: string, id: string): Promise<Invoice | undefined> {
    return this.db
      .selectFrom('invoices')
      .select(COLUMNS)
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  create(organizationId: string, { customer, amountCents }: NewInvoice): Promise<Invoice> {
    const now = this.clock.now();
    const row = {
      id: this.random.id('invoice', now),
      organization_id: organizationId,
      customer,
      amount_cents: amountCents,
      created_at: now,
    };
    return this.db.insertInto('invoices').values(row).returning(COLUMNS).executeTakeFirstOrThrow();
  }
}
