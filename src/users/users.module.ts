import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CommonModule } from '../common/common.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { PeopleRepository } from './people.repository.js';
import { UserMirrorRepository } from './user-mirror.repository.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/**
 * The people who have signed in or of whom WorkOS told before they did: their record, the accounts it is linked to, and the
 * organizations they are members of. It does not decide who may sign in; that is settled before it is asked.
 */
@Module({
  imports: [AuditModule, CommonModule, DatabaseModule],
  providers: [PeopleRepository, UsersService, UserMirrorRepository, UsersRepository],
  exports: [PeopleRepository, UsersService, UserMirrorRepository],
})
export class UsersModule {}
