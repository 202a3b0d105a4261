import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { useGatehouse } from 'gatehouse';
import { AppModule } from './app.module.js';

const app = await NestFactory.create<NestExpressApplication>(AppModule);
useGatehouse(app);
await app.listen(process.env['PORT'] ?? 3000);
