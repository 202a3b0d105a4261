import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { ExpiredSessionsSweeper } from './expired-sessions.sweeper.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

/**
 * Sessions from their first to their last moment: issued, recognised by token, listed, ended. It owns the records and
 * their limits; it knows nothing of cookies, headers or how the person signed in.
 */
@Module({
  imports: [AuditModule, CommonModule, ConfigModule, CryptoModule, DatabaseModule],
  providers: [ExpiredSessionsSweeper, SessionsService, SessionsRepository],
  exports: [SessionsService],
})
export class SessionsModule {}
