import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentOrganization, RequirePermissions, type Organization } from '../auth/index.js';
import { Answers } from '../common/answer.decorators.js';
import { cursorId, pageOf, pageQuery, pageSchema, type PageQuery } from '../common/pagination.js';
import { ProblemError } from '../common/problem-error.js';
import { InvoicesRepository } from './invoices.repository.js';
import { invoice, newInvoice, type NewInvoice } from './invoices.schemas.js';

@Controller('v1/invoices')
export class InvoicesController {
  constructor(private readonly invoices: InvoicesRepository) {}

  @Answers(pageSchema(invoice), 'Invoices, the newest first')
  @RequirePermissions('invoices:read')
  @Get()
  async list(@CurrentOrganization() { id }: Organization, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOf(await this.invoices.list(id, query.limit + 1, cursorId(query)), query.limit);
  }

  @Answers(invoice, 'An invoice')
  @RequirePermissions('invoices:read')
  @Get(':invoiceId')
  async read(@CurrentOrganization() { id }: Organization, @Param('invoiceId') invoiceId: string) {
    const invoice = await this.invoices.find(id, invoiceId);
    if (!invoice) throw new ProblemError('not_found');
    return invoice;
  }

  @Answers(invoice, 'Creates an invoice')
  @RequirePermissions('invoices:write')
  @Post()
  create(@CurrentOrganization() { id }: Organization, @Body({ schema: newInvoice }) invoice: NewInvoice) {
    return this.invoices.create(id, invoice);
  }
}
