import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigSeatModule } from './config-seat.module.js';
import { ConfigSourceModule } from './config-source.module.js';
import { ConfigSeat } from './config.seat.js';
import { Config, readConfig } from './config.js';
import { processEnvironment } from './process-environment.js';

/**
 * The settings, as one typed object. Every module that needs them imports `ConfigModule` and injects `Config`; the root
 * module says once where they come from, with `AuthModule.forRoot` or, without the way in, `ConfigModule.forRoot`.
 */
@Module({
  imports: [ConfigSeatModule],
  providers: [
    {
      provide: Config,
      inject: [ConfigSeat],
      useFactory: (seat: ConfigSeat) => seat.config(ConfigSourceModule, ConfigModule),
    },
  ],
  exports: [Config],
})
export class ConfigModule {
  /**
   * `env` replaces the process's environment, for tests.
   * @throws {ConfigError} at once, before anything else is made
   */
  static forRoot(env?: Readonly<Record<string, string | undefined>>): DynamicModule {
    return ConfigSourceModule.forRoot(readConfig(env ?? processEnvironment()));
  }
}
