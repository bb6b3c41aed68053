import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import type { CommandResult } from '@tapewatch/model';
import type { Pipeline } from '@tapewatch/pipeline';
import { PIPELINE } from '../tokens.js';
import { errorOf } from './api-error.js';
import { Parameters } from './parameters.js';
import { reply } from './reply.js';

/** `/api/v1/format_query` and `/api/v1/parse_query`: queries as texts, without an answer. */
@Controller('api/v1')
export class PrometheusQueryTextController {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Get('format_query')
  format(@Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerFormat(new Parameters(undefined, { ...query }), response);
  }

  @Post('format_query')
  @HttpCode(200)
  postedFormat(@Body() form: object, @Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerFormat(new Parameters({ ...form }, { ...query }), response);
  }

  @Get('parse_query')
  parse(@Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerParse(new Parameters(undefined, { ...query }), response);
  }

  @Post('parse_query')
  @HttpCode(200)
  postedParse(@Body() form: object, @Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerParse(new Parameters({ ...form }, { ...query }), response);
  }

  private answerFormat(parameters: Parameters, response: ServerResponse): Promise<void> {
    return reply(response, () => ({ data: found(this.pipeline.read.formatQuery(parameters.text('query'))) }));
  }

  private answerParse(parameters: Parameters, response: ServerResponse): Promise<void> {
    return reply(response, () => ({ data: found(this.pipeline.read.parseQuery(parameters.text('query'))) }));
  }
}

function found<T>(result: CommandResult<T>): T {
  if (result.ok) return result.value;
  throw errorOf(result.refusal, 'query');
}
