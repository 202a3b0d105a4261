import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesRepository } from './invoices.repository.js';

/** The worked example of a feature module: a resource that belongs to an organization, guarded by permissions. */
@Module({ imports: [DatabaseModule], controllers: [InvoicesController], providers: [InvoicesRepository] })
export class InvoicesModule {}
