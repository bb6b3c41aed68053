import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import type { Clock, CommandResult } from '@tapewatch/model';
import type { MetricResult, Pipeline, QueryOptions } from '@tapewatch/pipeline';
import type { EvaluationTurns } from '../graphql/metrics/evaluation-turns.js';
import { CLOCK, EVALUATIONS, PIPELINE } from '../tokens.js';
import { ApiError, errorOf, invalidParameter } from './api-error.js';
import { checkOrder, Parameters } from './parameters.js';
import { queryJson } from './query-json.js';
import { replyStreaming } from './reply.js';

const mostPoints = 11_000;

/** `/api/v1/query` and `/api/v1/query_range`, as Prometheus' HTTP API has them. */
@Controller('api/v1')
export class PrometheusQueryController {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(EVALUATIONS) private readonly evaluations: EvaluationTurns,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('query')
  instant(@Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerInstant(new Parameters(undefined, { ...query }), response);
  }

  @Post('query')
  @HttpCode(200)
  postedInstant(@Body() form: object, @Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerInstant(new Parameters({ ...form }, { ...query }), response);
  }

  @Get('query_range')
  range(@Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerRange(new Parameters(undefined, { ...query }), response);
  }

  @Post('query_range')
  @HttpCode(200)
  postedRange(@Body() form: object, @Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return this.answerRange(new Parameters({ ...form }, { ...query }), response);
  }

  private answerInstant(parameters: Parameters, response: ServerResponse): Promise<void> {
    return replyStreaming(response, async () => {
      const limit = parameters.limit();
      const at = parameters.time('time') ?? this.clock.now();
      const options = optionsOf(parameters);
      const result = await this.evaluations.ask(() => this.pipeline.read.query(parameters.text('query'), at, options));
      return queryJson(found(result), limit);
    });
  }

  private answerRange(parameters: Parameters, response: ServerResponse): Promise<void> {
    return replyStreaming(response, async () => {
      const limit = parameters.limit();
      const start = parameters.requiredTime('start');
      const end = parameters.requiredTime('end');
      checkOrder(start, end);
      const step = parameters.requiredDuration('step');
      checkStep(start, end, step);
      const options = optionsOf(parameters);
      const result = await this.evaluations.ask(() =>
        this.pipeline.read.queryRange(parameters.text('query'), start, end, step, options),
      );
      return queryJson(found(result), limit);
    });
  }
}

function optionsOf(parameters: Parameters): QueryOptions {
  const timeoutMs = parameters.duration('timeout');
  const lookbackMs = parameters.duration('lookback_delta');
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(lookbackMs === undefined || lookbackMs <= 0 ? {} : { lookbackMs }),
  };
}

function checkStep(start: number, end: number, stepMs: number): void {
  if (stepMs < 1) {
    throw invalidParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if ((end - start) / stepMs > mostPoints) {
    throw new ApiError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
}

function found(result: CommandResult<MetricResult>): MetricResult {
  if (result.ok) return result.value;
  throw errorOf(result.refusal, 'query');
}
