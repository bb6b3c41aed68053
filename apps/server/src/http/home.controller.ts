import { markup, type Markup } from '@tapewatch/model';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { Pipeline } from '@tapewatch/pipeline';
import { principalOf } from '../access/gate.js';
import { PIPELINE, SERVER_VERSION } from '../tokens.js';
import { alertSection, noSuchAlert } from './alert-section.js';
import { homePage } from './home-page.js';
import { sendJson, sendPage } from './reply.js';

const shownAlerts = 20;
const shownEvents = 50;
const shownReports = 10;

/** What runs, at a glance, until the dashboard comes. */
@Controller()
export class HomeController {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(SERVER_VERSION) private readonly version: string,
  ) {}

  @Get()
  async home(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Query('alert') alert?: unknown,
  ): Promise<void> {
    const { read } = this.pipeline;
    const firing = await read.alerts({ first: shownAlerts, filter: { states: ['firing'] } });
    if (!firing.ok) {
      sendJson(response, 503, { code: firing.refusal.code, message: firing.refusal.message });
      return;
    }
    const reports = await read.reports({ first: shownReports });
    const principal = principalOf(request);
    const text = homePage({
      ...(principal === undefined ? {} : { principal }),
      version: this.version,
      status: read.status(),
      readiness: read.readiness(),
      health: read.health(),
      exchanges: read.exchanges(),
      firing: firing.value.items.map((item) => item.node),
      firingTotal: firing.value.totalCount,
      reports: reports.ok ? reports.value.items.map((item) => item.node) : [],
      asked: typeof alert === 'string' ? await this.askedFor(alert) : markup``,
    });
    sendPage(response, 200, text);
  }

  private async askedFor(id: string): Promise<Markup> {
    const { read } = this.pipeline;
    const alert = await read.alert(id);
    return alert === undefined ? noSuchAlert(id) : alertSection(alert, await read.alertHistory(id, shownEvents));
  }
}
