import { Controller, Get, Header, Query, VERSION_NEUTRAL } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FixedAddress, Public } from '../auth/index.js';
import { Does } from '../common/answer.decorators.js';
import { pagesFolder } from './pages-folder.js';
import { signInPage, type PageQuery } from './sign-in-page.js';

const PAGE = { also: { 200: { description: 'The page', type: 'text/html' } } };

/** The sign-in page and the console: one document, which asks the API who is there. It holds nothing personal. */
@Public()
@FixedAddress('page')
@Controller({ version: VERSION_NEUTRAL })
export class PagesController {
  private readonly document = readFileSync(join(pagesFolder(), 'index.html'), 'utf8');

  @Does('The sign-in page and the console', PAGE)
  @Get(['/', 'sign-in'])
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(@Query() query: PageQuery): string {
    return signInPage(this.document, query);
  }
}
