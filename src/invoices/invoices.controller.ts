import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentOrganization, RequirePermissions, type Organization } from '../auth/index.js';
import { cursorId, pageOf, pageQuery, type PageQuery } from '../common/pagination.js';
import { ProblemError } from '../common/problem-error.js';
import { InvoicesRepository } from './invoices.repository.js';
import { newInvoice, type NewInvoice } from './invoices.schemas.js';

@Controller('v1/invoices')
export class InvoicesController {
  constructor(private readonly invoices: InvoicesRepository) {}

  @RequirePermissions('invoices:read')
  @Get()
  async list(@CurrentOrganization() { id }: Organization, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOf(await this.invoices.list(id, query.limit + 1, cursorId(query)), query.limit);
  }

  @RequirePermissions('invoices:read')
  @Get(':invoiceId')
  async read(@CurrentOrganization() { id }: Organization, @Param('invoiceId') invoiceId: string) {
    const invoice = await this.invoices.find(id, invoiceId);
    if (!invoice) throw new ProblemError('not_found');
    return invoice;
  }

  @RequirePermissions('invoices:write')
  @Post()
  create(@CurrentOrganization() { id }: Organization, @Body({ schema: newInvoice }) invoice: NewInvoice) {
    return this.invoices.create(id, invoice);
  }
}
