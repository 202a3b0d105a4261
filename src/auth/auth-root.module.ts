import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { invalidRequest } from '../common/invalid-request.js';
import { OwnProblemFilter } from '../common/own-problem.filter.js';
import { ConfigModule } from '../config/config.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';

/**
 * What `AuthModule.forRoot` puts into the root of an application: its addresses and guards, as far as they are wanted, and
 * what these cannot do without. It owns no service; those are `AuthModule`'s.
 */
@Module({
  imports: [AuditModule, ConfigModule, SessionsModule],
  providers: [
    { provide: APP_FILTER, useClass: OwnProblemFilter },
    {
      // Without it a schema at a parameter checks nothing.
      provide: APP_PIPE,
      useValue: new StandardSchemaValidationPipe({ exceptionFactory: invalidRequest }),
    },
  ],
})
export class AuthRootModule {}
