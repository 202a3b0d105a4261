import {
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import type { Request } from 'express';
import { AuditLog } from '../audit/audit-log.service.js';
import { Public } from '../auth/index.js';
import { Answers, Does } from '../common/answer.decorators.js';
import { cursorId, pageOf, pageQuery, pageSchema, type PageQuery } from '../common/pagination.js';
import { ProblemError } from '../common/problem-error.js';
import { requestOrigin } from '../common/request-origin.js';
import { deadLetter, DeadLetters, EventWake } from '../events/index.js';
import { OperatorGuard } from './operator.guard.js';

const OPERATORS_ONLY = { credential: 'operatorToken', problems: ['not_found'] } as const;

/** Of an event that WorkOS told of, or that a reconciliation made of what it found. */
const EVENT_ID = /^(?:event|account)_[^\p{C}]+$/u;

/** Events that were given up on. Public only as far as sessions go: the operators' token opens it. */
@Public()
@UseGuards(OperatorGuard)
@Controller({ path: 'operations/events/dead', version: VERSION_NEUTRAL })
export class DeadLettersController {
  constructor(
    private readonly letters: DeadLetters,
    private readonly events: EventWake,
    private readonly audit: AuditLog,
  ) {}

  @Answers(pageSchema(deadLetter), 'Events that were given up on, the latest first', OPERATORS_ONLY)
  @Get()
  async list(@Query({ schema: pageQuery }) query: PageQuery) {
    return pageOf(await this.letters.list(query.limit + 1, cursorId(query, EVENT_ID)), query.limit);
  }

  @Does('Lets an event go again', OPERATORS_ONLY)
  @Post(':id/replay')
  @HttpCode(204)
  async replay(@Param('id') id: string, @Req() request: Request): Promise<void> {
    const replayed = await this.letters.replay(id);
    if (replayed === 0) throw new ProblemError('not_found');
    await this.audit.record(
      { action: 'event.replayed', details: { event: id, replayed } },
      requestOrigin(request),
    );
    this.events.wake();
  }
}
