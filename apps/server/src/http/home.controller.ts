import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Pipeline } from '@tapewatch/pipeline';
import { PIPELINE, SERVER_VERSION } from '../tokens.js';
import { homePage } from './home-page.js';
import { sendJson, sendPage } from './reply.js';

const shownAlerts = 20;

/** What runs, at a glance, until the dashboard comes. */
@Controller()
export class HomeController {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(SERVER_VERSION) private readonly version: string,
  ) {}

  @Get()
  async home(@Res() response: ServerResponse): Promise<void> {
    const { read } = this.pipeline;
    const firing = await read.alerts({ first: shownAlerts, filter: { states: ['firing'] } });
    if (!firing.ok) {
      sendJson(response, 503, { code: firing.refusal.code, message: firing.refusal.message });
      return;
    }
    const text = homePage({
      version: this.version,
      status: read.status(),
      readiness: read.readiness(),
      health: read.health(),
      exchanges: read.exchanges(),
      firing: firing.value.items.map((item) => item.node),
      firingTotal: firing.value.totalCount,
    });
    sendPage(response, 200, text);
  }
}
