import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../auth/index.js';
import { Does } from '../common/answer.decorators.js';
import { ProblemError } from '../common/problem-error.js';
import { Config } from '../config/config.js';
import { CONTENT_TYPE, Exposition } from './exposition.js';

const TEXT = {
  also: { 200: { description: "Prometheus's text format", type: 'text/plain' } },
  problems: ['not_found'],
} as const;

/** For Prometheus. Where the metrics have a port of their own, there is nothing here. */
@Public()
@Controller('metrics')
export class PrometheusController {
  constructor(
    private readonly exposition: Exposition,
    private readonly config: Config,
  ) {}

  @Does('What the service measures', TEXT)
  @Get()
  @Header('Content-Type', CONTENT_TYPE)
  async read(): Promise<string> {
    if (this.config.metricsPort !== null) throw new ProblemError('not_found');
    return this.exposition.text();
  }
}
