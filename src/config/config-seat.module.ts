import { Module } from '@nestjs/common';
import { ConfigSeat } from './config.seat.js';

/** The place where `ConfigSourceModule` leaves the settings and `ConfigModule` finds them: one for each application. */
@Module({ providers: [ConfigSeat], exports: [ConfigSeat] })
export class ConfigSeatModule {}
