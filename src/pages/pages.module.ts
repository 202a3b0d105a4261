import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.js';

/** The pages that people see. They are built from `web/`; everything they show comes from the API. */
@Module({ controllers: [PagesController] })
export class PagesModule {}
