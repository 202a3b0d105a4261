// One node of the compiled service that does nothing but process events, and hand some over, until somebody ends it.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Injectable, Module } from '@nestjs/common';
import { ConfigModule } from '../../dist/src/config/config.module.js';
import { EventsModule } from '../../dist/src/events/events.module.js';
import { OnWorkosEvent } from '../../dist/src/events/on-workos-event.decorator.js';

class Listener {
  hear() {}
}
Injectable()(Listener);
const hear = Object.getOwnPropertyDescriptor(Listener.prototype, 'hear');
OnWorkosEvent(...process.env.HEARD.split(','))(Listener.prototype, 'hear', hear);

class Root {}
Module({ imports: [ConfigModule.forRoot(process.env), EventsModule], providers: [Listener] })(Root);
await NestFactory.createApplicationContext(Root, { logger: ['error'] });
process.send?.('ready');
