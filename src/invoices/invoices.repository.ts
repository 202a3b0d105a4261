import { Injectable } from '@nestjs/common';
import { TenantRepository } from '../database/tenant.repository.js';
import type { NewInvoice } from './invoices.schemas.js';

@Injectable()
export class InvoicesRepository extends TenantRepository<NewInvoice> {
  protected override readonly table = 'invoices';
  protected override readonly idPrefix = 'invoice';
  protected override readonly columns = { customer: 'customer', amountCents: 'amount_cents' };
}
