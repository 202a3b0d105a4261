import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { Public, Webhook } from '../auth/index.js';
import { ProblemError } from '../common/problem-error.js';
import { EventInbox, EventVerifier } from '../events/index.js';

/** Where WorkOS tells of changes. Its signature is the credential: no session, no cookie, no cross-site question. */
@Public()
@Webhook()
@Controller('webhooks/workos')
export class WorkosWebhookController {
  constructor(
    private readonly verifier: EventVerifier,
    private readonly inbox: EventInbox,
  ) {}

  /** 204 once the event is stored for good, also where it was already: WorkOS need not come again. */
  @Post()
  @HttpCode(204)
  async receive(
    @Body() body: unknown,
    @Headers('workos-signature') signature: string | undefined,
  ): Promise<void> {
    if (!Buffer.isBuffer(body)) throw new ProblemError('invalid_signature');
    await this.inbox.receive([this.verifier.verify(body, signature)], 'webhook');
  }
}
