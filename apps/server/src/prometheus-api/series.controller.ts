import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { Labels, MetricDescription } from '@tapewatch/model';
import type { Pipeline } from '@tapewatch/pipeline';
import { PIPELINE } from '../tokens.js';
import { ApiError, errorOf, invalidParameter } from './api-error.js';
import { readableLabelName } from './label-name.js';
import { checkOrder, Parameters } from './parameters.js';
import type { Success } from './reply.js';
import { reply } from './reply.js';

/** What series there are, by `/api/v1/series`, `labels`, `label/NAME/values` and `metadata`. */
@Controller('api/v1')
export class PrometheusSeriesController {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Get('series')
  series(@Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerSeries(new Parameters(undefined, { ...query }), response);
  }

  @Post('series')
  @HttpCode(200)
  postedSeries(@Body() form: object, @Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerSeries(new Parameters({ ...form }, { ...query }), response);
  }

  @Get('labels')
  labels(@Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerLabels(new Parameters(undefined, { ...query }), response);
  }

  @Post('labels')
  @HttpCode(200)
  postedLabels(@Body() form: object, @Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerLabels(new Parameters({ ...form }, { ...query }), response);
  }

  @Get('label/:name/values')
  values(@Param('name') escaped: string, @Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      const name = readableLabelName(escaped);
      if (name === undefined) throw new ApiError('bad_data', `invalid label name: ${JSON.stringify(escaped)}`);
      const parameters = new Parameters(undefined, { ...query });
      const values = new Set((await this.found(parameters)).map((labels) => labels.get(name)));
      values.delete('');
      return sortedUpTo(values, parameters.limit());
    });
  }

  @Get('metadata')
  metadata(@Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return reply(response, () => {
      const parameters = new Parameters(undefined, { ...query });
      const wanted = parameters.text('metric');
      const most = parameters.limit() ?? Infinity;
      const perMetric = parameters.limit('limit_per_metric') ?? Infinity;
      const data: Record<string, object[]> = {};
      for (const metric of this.pipeline.read.metadata()) {
        if (wanted !== '' && metric.name !== wanted) continue;
        const known = data[metric.name];
        if (known === undefined && Object.keys(data).length >= most) continue;
        if (known === undefined) data[metric.name] = [metadataOf(metric)];
        else if (known.length < perMetric) known.push(metadataOf(metric));
      }
      return { data };
    });
  }

  private answerSeries(parameters: Parameters, response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      if (parameters.list('match[]').length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
      const found = [...(await this.found(parameters))].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
      return upTo(found, parameters.limit());
    });
  }

  private answerLabels(parameters: Parameters, response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      const names = new Set((await this.found(parameters)).flatMap((labels) => labels.names));
      return sortedUpTo(names, parameters.limit());
    });
  }

  private async found(parameters: Parameters): Promise<readonly Labels[]> {
    const start = parameters.time('start');
    const end = parameters.time('end');
    checkOrder(start ?? -Infinity, end ?? Infinity);
    const result = await this.pipeline.read.series(parameters.list('match[]'), start, end);
    if (result.ok) return result.value;
    if (result.refusal.code === 'QUERY_INVALID') throw invalidParameter('match[]', result.refusal.message);
    throw errorOf(result.refusal, 'match[]');
  }
}

function metadataOf({ type, description, unit, otelName }: MetricDescription): object {
  // `otelName` is ours: the name under which the instrument was made.
  return { type, help: description, unit, otelName };
}

function sortedUpTo(set: ReadonlySet<string>, limit: number | undefined): Success {
  return upTo([...set].sort(), limit);
}

function upTo<T>(list: readonly T[], limit: number | undefined): Success {
  if (limit === undefined || list.length <= limit) return { data: list };
  return { data: list.slice(0, limit), warnings: ['results truncated due to limit'] };
}
