import type { ServerResponse } from 'node:http';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query as RequestQuery,
  Res,
} from '@nestjs/common';
import type { Matcher } from '@tapewatch/model';
import type { Pipeline, SilenceView } from '@tapewatch/pipeline';
import { PIPELINE } from '../tokens.js';
import { Query } from './query.js';
import { readPostedSilence } from './posted-silence.js';
import { found, noSilence, reply } from './reply.js';
import { inOrder, silenceJson } from './silence-json.js';

/** `/api/v2/silences` and `/api/v2/silence/ID`. */
@Controller('api/v2')
export class AlertmanagerSilencesController {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Get('silences')
  list(@RequestQuery() query: object, @Res() response: ServerResponse): Promise<void> {
    return reply(response, () => {
      const asked = new Query(query);
      const matchers = asked.matchers('filter');
      const states = (['active', 'pending', 'expired'] as const).filter((state) => asked.flag(state));
      return [...found(this.pipeline.read.silences())]
        .filter((silence) => states.includes(silence.state) && isAbout(silence, matchers))
        .sort(inOrder)
        .map(silenceJson);
    });
  }

  @Get('silence/:id')
  one(@Param('id') id: string, @Res() response: ServerResponse): Promise<void> {
    return reply(response, () => silenceJson(this.pipeline.read.silence(id) ?? noSilence(id)));
  }

  @Post('silences')
  @HttpCode(200)
  post(@Body() body: unknown, @Res() response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      const silence = found(await this.pipeline.commands.setSilence(readPostedSilence(body), { commentNeeded: false }));
      return { silenceID: silence.id };
    });
  }

  @Delete('silence/:id')
  remove(@Param('id') id: string, @Res() response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      found(await this.pipeline.commands.expireSilence(id));
      return {};
    });
  }
}

/** A filter on silences asks for matchers, not for labels: each must stand in the silence as it is, as there. */
function isAbout(silence: SilenceView, filters: readonly Matcher[]): boolean {
  return filters.every((filter) =>
    silence.matchers.some(
      ({ name, operator, value }) => name === filter.name && operator === filter.operator && value === filter.value,
    ),
  );
}
