import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Pipeline } from '@tapewatch/pipeline';
import { PIPELINE } from '../tokens.js';
import { sendJson, sendText } from './reply.js';

/** What other programs ask about this one. */
@Controller()
export class StatusController {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Get('healthz')
  alive(@Res() response: ServerResponse): void {
    sendJson(response, 200, { status: 'alive' });
  }

  @Get('readyz')
  ready(@Res() response: ServerResponse): void {
    const { ready, waitingFor, degraded } = this.pipeline.read.readiness();
    sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'waiting', waitingFor, degraded });
  }

  @Get('metrics')
  metrics(@Res() response: ServerResponse): void {
    sendText(response, 200, this.pipeline.read.prometheusText(), 'text/plain; version=0.0.4; charset=utf-8');
  }
}
