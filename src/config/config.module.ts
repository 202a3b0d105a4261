import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule as NestConfigModule, ConfigService } from '@nestjs/config';
import { Config, readConfig } from './config.js';

const KEY = 'gatehouse';

/**
 * The settings, as one typed object. It owns reading and checking the environment, and nothing else reads it.
 * The root module calls `forRoot` once; every other module imports `ConfigModule` and injects `Config`.
 */
@Module({
  imports: [NestConfigModule],
  providers: [
    {
      provide: Config,
      inject: [ConfigService],
      useFactory: (service: ConfigService) => service.getOrThrow<Config>(KEY),
    },
  ],
  exports: [Config],
})
export class ConfigModule {
  /**
   * `env` replaces the process's environment and its `.env` file, for tests.
   * @throws {ConfigError} at once, before anything else is made
   */
  static async forRoot(env?: Readonly<Record<string, string | undefined>>): Promise<DynamicModule> {
    let config: Config | undefined;
    const module = await NestConfigModule.forRoot({
      ignoreEnvFile: env !== undefined,
      load: [() => ({ [KEY]: config })],
    });
    // Only now is what stands in `.env` part of the environment.
    config = readConfig(env ?? process.env);
    return module;
  }
}
