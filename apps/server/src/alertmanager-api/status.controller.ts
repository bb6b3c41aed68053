import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Query as RequestQuery, Res } from '@nestjs/common';
import type { Pipeline } from '@tapewatch/pipeline';
import { PIPELINE, SERVER_VERSION } from '../tokens.js';
import { timeText } from './alert-json.js';
import { Query } from './query.js';
import { reply } from './reply.js';

/** The Alertmanager whose API is spoken: clients decide by it what they may ask for. */
const spokenVersion = '0.28.0';

/** `/api/v2/status` and `/api/v2/receivers`. */
@Controller('api/v2')
export class AlertmanagerStatusController {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(SERVER_VERSION) private readonly version: string,
  ) {}

  @Get('status')
  status(@Res() response: ServerResponse): Promise<void> {
    return reply(response, () => ({
      cluster: { status: 'disabled', peers: [] },
      config: { original: this.pipeline.read.alertmanagerText() },
      uptime: timeText(this.pipeline.read.status().startedAt),
      versionInfo: {
        ...{ branch: '', buildDate: '', buildUser: '', goVersion: '', revision: `tapewatch ${this.version}` },
        version: spokenVersion,
      },
    }));
  }

  @Get('receivers')
  receivers(@RequestQuery() query: object, @Res() response: ServerResponse): Promise<void> {
    return reply(response, () => {
      // Receivers have no labels here, so that only matchers which a missing label satisfies let one through.
      const matchers = new Query(query).matchers('receiver_matchers');
      return matchers.every((matcher) => matcher.matches(''))
        ? this.pipeline.read.receivers().map((name) => ({ name }))
        : [];
    });
  }
}
