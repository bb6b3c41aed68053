import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { MetricResult, MetricsSummary, Pipeline } from '@tapewatch/pipeline';
import type { MetricUpdate } from '../../subscriptions/metric-feed.js';
import type { Subscriptions } from '../../subscriptions/subscriptions.js';
import type { Slots } from '../../subscriptions/slots.js';
import { EVALUATIONS, PIPELINE, SUBSCRIPTIONS } from '../../tokens.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { DurationScalar } from '../duration.scalar.js';
import type { Problem } from '../problem.types.js';
import { InvalidInput, Unavailable } from '../problem.types.js';
import { answer, refuseInput, valueOf } from '../result.js';
import type { EvaluationTurns } from './evaluation-turns.js';
import { MetricAnswer, MetricsSummaryType } from './metric.types.js';

const mostPoints = 11_000;
const hourMs = 3_600_000;
const secondMs = 1000;

@Resolver()
export class MetricsResolver {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(EVALUATIONS) private readonly evaluations: EvaluationTurns,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
  ) {}

  @Query(() => MetricAnswer, { description: 'A PromQL query at one time.' })
  async metric(
    @Args('query', { type: () => String, description: 'PromQL.' }) query: string,
    @Args('at', { type: () => DateTimeScalar, nullable: true, description: 'When; left out: now.' })
    at: number | null | undefined,
  ): Promise<MetricResult | Problem> {
    return answer(await this.evaluations.ask(() => this.pipeline.read.query(query, at ?? undefined)));
  }

  @Query(() => MetricAnswer, { description: 'A PromQL query over a range, at most 11,000 points per series.' })
  async metricRange(
    @Args('query', { type: () => String, description: 'PromQL.' }) query: string,
    @Args('from', { type: () => DateTimeScalar, description: 'The first point.' }) from: number,
    @Args('to', { type: () => DateTimeScalar, description: 'No point after.' }) to: number,
    @Args('step', { type: () => DurationScalar, description: 'From one point to the next.' }) step: number,
  ): Promise<MetricResult | Problem> {
    const problem = rangeProblem(from, to, step);
    if (problem !== undefined) return problem;
    return answer(await this.evaluations.ask(() => this.pipeline.read.queryRange(query, from, to, step)));
  }

  @Query(() => MetricsSummaryType, { description: 'What was measured, series by series.' })
  async metricsSummary(
    @Args('range', { type: () => DurationScalar, defaultValue: hourMs, description: 'Back from now.' }) range: number,
    @Args('match', { type: () => String, nullable: true, description: 'A PromQL selector; left out: every series.' })
    match: string | null | undefined,
  ): Promise<object> {
    if (range <= 0) refuseInput('range', 'range must be longer than 0s');
    const summary: MetricsSummary = valueOf(
      await this.evaluations.ask(() => this.pipeline.read.metricsSummary(range, match ?? undefined)),
    );
    return { ...summary, range: summary.rangeMs };
  }

  @Subscription(() => MetricAnswer, {
    resolve: (update: MetricUpdate) => answer(update),
    description: 'A PromQL query’s result again and again, after each tick; whoever is slow skips some.',
  })
  metricUpdates(
    @Args('query', { type: () => String, description: 'PromQL.' }) query: string,
    @Args('every', {
      type: () => DurationScalar,
      nullable: true,
      defaultValue: secondMs,
      description: 'At most so often; 1s or more.',
    })
    every: number | null,
    @Context('metricFeeds') slots: Slots | undefined,
  ): AsyncIterableIterator<MetricUpdate> {
    return this.subscriptions.metricUpdates(query, every ?? secondMs, slots);
  }
}

function rangeProblem(from: number, to: number, stepMs: number): Problem | undefined {
  if (stepMs <= 0) return new InvalidInput('INVALID_INPUT', 'step must be longer than 0s', 'step');
  if (from >= to) return new InvalidInput('INVALID_INPUT', 'from must lie before to', 'from');
  const points = Math.floor((to - from) / stepMs) + 1;
  if (points <= mostPoints) return undefined;
  return new Unavailable(
    'QUERY_LIMIT',
    `${points} points per series are more than ${mostPoints}; take a longer step or a shorter range`,
  );
}
