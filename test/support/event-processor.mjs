// One node of the compiled service that does nothing but process events, until somebody ends it.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { ConfigModule } from '../../dist/src/config/config.module.js';
import { EventsModule } from '../../dist/src/events/events.module.js';

class Root {}
Module({ imports: [ConfigModule.forRoot(process.env), EventsModule] })(Root);
await NestFactory.createApplicationContext(Root, { logger: ['error'] });
process.send?.('ready');
