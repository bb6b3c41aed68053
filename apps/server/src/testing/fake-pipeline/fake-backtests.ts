import { accepted, refused } from '@tapewatch/model';
import type { BacktestProgress, PipelineReader } from '@tapewatch/pipeline';
import { sampleBacktest } from '../sample-data.js';

/** Backtests of one result; one of a rule called `endless` lasts until it is cut short. */
export class FakeBacktests {
  /** Of the backtests that were asked for. */
  readonly signals: AbortSignal[] = [];
  progress: BacktestProgress | undefined;
  readonly #told: unknown[];

  /** `told` takes the requests. */
  constructor(told: unknown[]) {
    this.#told = told;
  }

  readonly read = {
    backtest: async (request, signal) => {
      this.#told.push({ what: 'backtest', ...request });
      if (signal !== undefined) this.signals.push(signal);
      if (request.rule === 'endless')
        await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
      if (request.file?.text === 'broken')
        return refused('INVALID_INPUT', `${request.file.name}:1:1: not a mapping`, 'text');
      if (request.rule === 'Nobody') return refused('NOT_FOUND', 'no configured rule is called Nobody', 'rule');
      return accepted(sampleBacktest({ from: request.from, to: request.to }));
    },
    backtestProgress: () => this.progress,
  } satisfies Partial<PipelineReader>;
}
