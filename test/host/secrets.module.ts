import { Injectable, Module } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import type { Settings } from 'gatehouse';

/** Stands for a vault, which takes its time. */
@Injectable()
export class Secrets {
  async gatehouse(): Promise<Settings> {
    await setTimeout(50);
    const { env } = process;
    return {
      workosApiKey: env['WORKOS_API_KEY'],
      workosClientId: env['WORKOS_CLIENT_ID'],
      workosApiUrl: env['WORKOS_API_URL'],
      databaseUrl: env['DATABASE_URL'],
      sessionKeys: [env['SESSION_KEY'] ?? ''],
      appUrl: env['APP_URL'],
      sessionIdleTimeout: 1800,
      eventsInterval: 0,
    };
  }
}

@Module({ providers: [Secrets], exports: [Secrets] })
export class SecretsModule {}
