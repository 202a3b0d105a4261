import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { ConfigSeatModule } from './config-seat.module.js';
import { ConfigSeat } from './config.seat.js';
import type { Config } from './config.js';
import { processEnvironment } from './process-environment.js';
import { readSettings, type Settings } from './settings.js';

/** Settings in code, or what `readConfig` made of an environment. */
export type GivenSettings = Settings | Config;

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<GivenSettings>({ moduleName: 'Gatehouse' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createSettings')
    .build();

export type ConfigSourceOptions = typeof OPTIONS_TYPE;
export type ConfigSourceAsyncOptions = typeof ASYNC_OPTIONS_TYPE;

/**
 * Where the settings come from: a value, or a factory of the application. It owns checking them, all at once. It must not
 * import a module that needs them.
 */
@Module({
  imports: [ConfigSeatModule],
  providers: [
    {
      provide: Symbol('settings given'),
      inject: [MODULE_OPTIONS_TOKEN, ConfigSeat],
      useFactory: (given: GivenSettings, seat: ConfigSeat) =>
        seat.take('workos' in given ? given : readSettings(given, processEnvironment())),
    },
  ],
})
export class ConfigSourceModule extends ConfigurableModuleClass {}
