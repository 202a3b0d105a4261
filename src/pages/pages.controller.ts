import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../auth/index.js';
import { pagesFolder } from './pages-folder.js';

/** The sign-in page and the console: one document, which asks the API who is there. It holds nothing personal. */
@Public()
@Controller()
export class PagesController {
  @Get(['/', 'sign-in'])
  page(@Res() response: Response): void {
    response.sendFile('index.html', { root: pagesFolder(), cacheControl: false });
  }
}
