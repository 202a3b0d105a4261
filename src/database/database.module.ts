import { Inject, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type pg from 'pg';
import { CommonModule } from '../common/common.module.js';
import { endsWithin } from '../common/deadline.js';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { schemaOf } from '../config/database-schema.js';
import { Database, openPool, PATIENT, PatientDatabase } from './database.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { migrateAt } from './migrate.js';

const EMBEDDED = Symbol('embedded PostgreSQL');
const ADDRESS = Symbol('database URL');
/** Milliseconds that the end of the process waits for work that is patient: the server rolls it back. */
const LEAVE = 1000;

/**
 * PostgreSQL: the one that `DATABASE_URL` names, else one that the service starts itself. It owns the connection
 * pools, the migrations and the life of the embedded server; tables belong to the features that use them. With it come the
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
      provide: Database,
      inject: [ADDRESS],
      useFactory: (url: string) => new Database(heardOf(openPool(url)), schemaOf(url) ?? undefined),
    },
    {
      provide: PatientDatabase,
      inject: [ADDRESS],
      useFactory: (url: string) =>
        new PatientDatabase(heardOf(openPool(url, PATIENT)), schemaOf(url) ?? undefined),
    },
  ],
  exports: [CommonModule, Database, PatientDatabase],
})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly patient: PatientDatabase,
    @Inject(EMBEDDED) private readonly embedded: EmbeddedPostgres | null,
    @Inject(ADDRESS) private readonly url: string,
  ) {}

  async onModuleInit(): Promise<void> {
    await migrateAt(this.url);
  }

  async onApplicationShutdown(): Promise<void> {
    await endsWithin(LEAVE, this.patient.destroy());
    await this.database.destroy();
    await this.embedded?.stop();
  }
}

/**
 * An idle connection that breaks is replaced by the pool; unheard, the event would end the process. Its error holds the whole
 * connection, which is nobody's business.
 */
function heardOf(pool: pg.Pool): pg.Pool {
  const logger = new Logger('Database');
  pool.on('error', ({ message }) => {
    if (!pool.ending) logger.warn({ reason: message }, 'an idle connection was lost');
  });
  return pool;
}
