import { Inject, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type pg from 'pg';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { schemaOf } from '../config/database-schema.js';
import { Database, openPool } from './database.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { migrateAt } from './migrate.js';

const EMBEDDED = Symbol('embedded PostgreSQL');
const ADDRESS = Symbol('database URL');
const POOL = Symbol('connection pool');

/**
 * PostgreSQL: the one that `DATABASE_URL` names, else one that the service starts itself. It owns the connection
 * pool, the migrations and the life of the embedded server; tables belong to the features that use them. With it come the
 * clock and the randomness that a repository also needs.
 */
@Module({
  imports: [CommonModule, ConfigModule],
  providers: [
    {
      provide: EMBEDDED,
      inject: [Config],
      useFactory: (config: Config) =>
        config.databaseUrl === null ? EmbeddedPostgres.start({ dataDir: config.dataDir }) : null,
    },
    {
      provide: ADDRESS,
      inject: [Config, EMBEDDED],
      useFactory: (config: Config, embedded: EmbeddedPostgres | null) =>
        embedded?.url ?? config.databaseUrl ?? '',
    },
    {
      provide: POOL,
      inject: [ADDRESS],
      useFactory: (url: string) => {
        const pool = openPool(url);
        const logger = new Logger('Database');
        // An idle connection that breaks is replaced by the pool; unheard, the event would end the process. Its error holds
        // the whole connection, which is nobody's business.
        pool.on('error', ({ message }) => {
          if (!pool.ending) logger.warn({ reason: message }, 'an idle connection was lost');
        });
        return pool;
      },
    },
    {
      provide: Database,
      inject: [POOL, ADDRESS],
      useFactory: (pool: pg.Pool, url: string) => new Database(pool, schemaOf(url) ?? undefined),
    },
  ],
  exports: [CommonModule, Database],
})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    @Inject(EMBEDDED) private readonly embedded: EmbeddedPostgres | null,
    @Inject(ADDRESS) private readonly url: string,
  ) {}

  async onModuleInit(): Promise<void> {
    await migrateAt(this.url);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
    await this.embedded?.stop();
  }
}
