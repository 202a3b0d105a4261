import { Controller, Get, Query, VERSION_NEUTRAL } from '@nestjs/common';
import { z } from 'zod';
import { auditRecord, type AuditRecord } from '../audit/audit-record.schemas.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { CurrentOrganization, FixedAddress, RequirePermissions, type Organization } from '../auth/index.js';
import { Answers } from '../common/answer.decorators.js';
import { cursorId, pageQuery, pageSchema, type Page } from '../common/pagination.js';

/** RFC 3339. A time without a zone means another moment to everybody who reads it: refused. */
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(Math.max(0, Date.parse(text))));

const auditQuery = pageQuery.extend({
  action: z
    .string()
    .regex(/^[a-z_]{1,40}(?:\.[a-z_]{1,40}){1,2}$/, 'must be an action, such as sign_in.refused')
    .optional(),
  actor: z
    .string()
    .regex(/^user_[0-9A-Za-z]{1,40}$/, 'must be the id of a user')
    .optional(),
  from: time.optional(),
  to: time.optional(),
});

/** The audit log of the caller's organization, newest first: from `from` on, before `to`. */
@FixedAddress('console')
@Controller({ path: 'v1/audit-events', version: VERSION_NEUTRAL })
export class AuditEventsController {
  constructor(private readonly trail: AuditTrail) {}

  @Answers(pageSchema(auditRecord), 'Audit log of the organization, the newest first')
  @RequirePermissions('audit:read')
  @Get()
  list(
    @CurrentOrganization() { id }: Organization,
    @Query({ schema: auditQuery }) query: z.output<typeof auditQuery>,
  ): Promise<Page<AuditRecord>> {
    return this.trail.list(id, query, query.limit, cursorId(query));
  }
}
