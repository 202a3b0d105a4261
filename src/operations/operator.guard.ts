import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AuditLog } from '../audit/audit-log.service.js';
import { ProblemError } from '../common/problem-error.js';
import { requestOrigin } from '../common/request-origin.js';
import { Config } from '../config/config.js';

/**
 * Lets in whoever shows `OPERATOR_TOKEN`: the operators of the service, who see every tenant's. No role of an organization
 * comes near this, and where no token is set there is nothing here.
 */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly audit: AuditLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { operatorToken } = this.config;
    if (operatorToken === null) throw new ProblemError('not_found');
    const request = context.switchToHttp().getRequest<Request>();
    const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && isSame(given, operatorToken)) return true;
    const reason = given === undefined ? 'no_token' : 'wrong_token';
    await this.audit.recordStranger({ action: 'operator.refused', reason }, requestOrigin(request));
    throw new ProblemError('unauthenticated', { headers: { 'WWW-Authenticate': 'Bearer' } });
  }
}

/** Hashed first: the comparison then takes the same time whatever the length and however much of it is right. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
