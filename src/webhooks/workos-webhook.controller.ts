import { Controller, Headers, HttpCode, Post, Req, VERSION_NEUTRAL } from '@nestjs/common';
import type { Request } from 'express';
import { Public, Webhook } from '../auth/index.js';
import { Does } from '../common/answer.decorators.js';
import { ProblemError } from '../common/problem-error.js';
import { EventInbox, EventVerifier } from '../events/index.js';

const SIGNED = {
  problems: ['invalid_signature', 'stale_timestamp', 'webhooks_not_configured', 'store_unavailable'],
} as const;

/** Where WorkOS tells of changes. Its signature is the credential: no session, no cookie, no cross-site question. */
@Public()
@Webhook()
@Controller({ path: 'webhooks/workos', version: VERSION_NEUTRAL })
export class WorkosWebhookController {
  constructor(
    private readonly verifier: EventVerifier,
    private readonly inbox: EventInbox,
  ) {}

  /** 204 once the event is stored for good, also where it was already: WorkOS need not come again. */
  @Does('Takes an event of WorkOS', SIGNED)
  @Post()
  @HttpCode(204)
  async receive(
    @Req() { body }: Request<unknown, unknown, unknown>,
    @Headers('workos-signature') signature: string | undefined,
  ): Promise<void> {
    if (!Buffer.isBuffer(body)) throw new ProblemError('invalid_signature');
    await this.inbox.receive([this.verifier.verify(body, signature)], 'webhook');
  }
}
