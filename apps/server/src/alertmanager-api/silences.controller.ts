import type { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
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
  Req,
  Res,
} from '@nestjs/common';
import type { Matcher } from '@tapewatch/model';
import type { Pipeline, Silence } from '@tapewatch/pipeline';
import { principalOf } from '../access/gate.js';
import { PIPELINE } from '../tokens.js';
import { Query } from './query.js';
import { readPostedSilence } from './posted-silence.js';
import { found, reply } from './reply.js';
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
      return this.pipeline.read
        .silences()
        .filter((silence) => states.includes(silence.state) && isAbout(silence, matchers))
        .sort(inOrder)
        .map(silenceJson);
    });
  }

  @Get('silence/:id')
  one(@Param('id') id: string, @Res() response: ServerResponse): Promise<void> {
    return reply(response, () => silenceJson(found(this.pipeline.read.silence(id))));
  }

  @Post('silences')
  @HttpCode(200)
  post(@Body() body: unknown, @Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      const by = principalOf(request)?.name ?? '';
      const silence = found(await this.pipeline.commands.setSilence(readPostedSilence(body), by));
      return { silenceID: silence.id };
    });
  }

  @Delete('silence/:id')
  remove(@Param('id') id: string, @Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      found(await this.pipeline.commands.expireSilence(id, principalOf(request)?.name ?? ''));
      return {};
    });
  }
}

/** A filter on silences asks for matchers, not for labels: each must stand in the silence as it is, as there. */
function isAbout(silence: Silence, filters: readonly Matcher[]): boolean {
  return filters.every((filter) =>
    silence.matchers.some(
      ({ name, operator, value }) => name === filter.name && operator === filter.operator && value === filter.value,
    ),
  );
}
