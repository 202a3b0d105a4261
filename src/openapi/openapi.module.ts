import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { OpenapiController } from './openapi.controller.js';
import { OpenapiService } from './openapi.service.js';

/**
 * The OpenAPI document and the page over it. It owns no words on any route: paths, inputs and access are those that the
 * service goes by, and what a handler answers stands on the handler (`src/common/answer.decorators.ts`).
 */
@Module({ imports: [ConfigModule], controllers: [OpenapiController], providers: [OpenapiService] })
export class OpenapiModule {}
