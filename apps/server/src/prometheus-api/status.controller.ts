import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Pipeline } from '@tapewatch/pipeline';
import { PIPELINE, SERVER_VERSION } from '../tokens.js';
import { reply } from './reply.js';

/** The Prometheus whose API is spoken: clients decide by it what they may ask for. */
const spokenVersion = '3.0.0';

/** `/api/v1/status/buildinfo` and `/api/v1/status/config`. */
@Controller('api/v1/status')
export class PrometheusStatusController {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(SERVER_VERSION) private readonly version: string,
  ) {}

  @Get('buildinfo')
  buildInfo(@Res() response: ServerResponse): Promise<void> {
    const build = { revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' };
    return reply(response, () => ({
      data: { version: spokenVersion, ...build, application: 'Tapewatch', applicationVersion: this.version },
    }));
  }

  @Get('config')
  config(@Res() response: ServerResponse): Promise<void> {
    return reply(response, () => ({ data: { yaml: this.pipeline.read.configText() } }));
  }
}
