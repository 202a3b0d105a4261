import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../auth/index.js';
import { Does } from '../common/answer.decorators.js';
import type { OpenapiDocument } from './document.js';
import { OpenapiService } from './openapi.service.js';

const DOCUMENT = { also: { 200: { description: 'The document', type: 'application/json' } } };
const PAGE = { also: { 200: { description: 'The page', type: 'text/html' } } };

/** What the service can do, for programs and for people. */
@Public()
@Controller()
export class OpenapiController {
  constructor(private readonly openapi: OpenapiService) {}

  @Does('This document', DOCUMENT)
  @Get('openapi.json')
  document(): OpenapiDocument {
    return this.openapi.document();
  }

  @Does('A page over this document', PAGE)
  @Get('docs')
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return this.openapi.page();
  }
}
