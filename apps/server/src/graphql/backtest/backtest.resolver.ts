import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { accepted, type Clock } from '@tapewatch/model';
import type { BacktestProgress, Pipeline } from '@tapewatch/pipeline';
import { CLOCK, PIPELINE } from '../../tokens.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { DurationScalar } from '../duration.scalar.js';
import type { Problem } from '../problem.types.js';
import type { RequestContext } from '../request-context.js';
import { answer } from '../result.js';
import { BacktestAnswer, BacktestProgressType } from './backtest.types.js';
import { backtestAnswer } from './backtest-answer.js';

const defaultFlapMs = 300_000;

@Resolver()
export class BacktestResolver {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Query(() => BacktestAnswer, {
    description:
      'What a rule would have done over stored history: when it would have fired, and whom it would have told. Nothing is sent. One at a time; it ends when whoever asked goes away.',
  })
  async backtestRule(
    @Args('rule', {
      type: () => String,
      nullable: true,
      description: 'The name of an alert; may be left out where `text` has one alone.',
    })
    rule: string | null | undefined,
    @Args('text', {
      type: () => String,
      nullable: true,
      description: 'A rule file, of Prometheus’ form or ours: its rule stands in for the configured one of that name.',
    })
    text: string | null | undefined,
    @Args('file', {
      type: () => String,
      nullable: true,
      defaultValue: 'text',
      description: 'What to call the text where something is wrong in it.',
    })
    file: string | null,
    @Args('from', { type: () => DateTimeScalar, description: 'The first second to judge.' }) from: number,
    @Args('to', { type: () => DateTimeScalar, nullable: true, description: 'The last one; left out: now.' })
    to: number | null | undefined,
    @Args('flapWithin', {
      type: () => DurationScalar,
      nullable: true,
      defaultValue: defaultFlapMs,
      description: 'An alert that fires again so soon after its end flaps.',
    })
    flapWithin: number | null,
    @Args('withSilences', {
      type: () => Boolean,
      nullable: true,
      defaultValue: false,
      description: 'Whether the silences that are kept hold at their times.',
    })
    withSilences: boolean | null,
    @Context() { request }: RequestContext,
  ): Promise<object | Problem> {
    const { signal, done } = leaving(request);
    try {
      const result = await this.pipeline.read.backtest(
        {
          ...(rule == null ? {} : { rule }),
          ...(text == null ? {} : { file: { name: file ?? 'text', text } }),
          from,
          to: to ?? this.clock.now(),
          flapWithinMs: flapWithin ?? defaultFlapMs,
          withSilences: withSilences ?? false,
        },
        signal,
      );
      return answer<object>(result.ok ? accepted(backtestAnswer(result.value)) : result);
    } finally {
      done();
    }
  }

  @Query(() => BacktestProgressType, {
    nullable: true,
    description: 'The backtest that runs at present; null when none does.',
  })
  backtestProgress(): BacktestProgress | null {
    return this.pipeline.read.backtestProgress() ?? null;
  }
}

/** Aborted when the connection of a request closes; over WebSocket there is nothing to see that by. */
function leaving(request: RequestContext['request']): { readonly signal: AbortSignal; readonly done: () => void } {
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  request?.socket.once('close', abort);
  return { signal: gone.signal, done: () => void request?.socket.off('close', abort) };
}
