import { accepted, Labels, refused, type CommandResult } from '@tapewatch/model';
import type { MetricResult, PipelineCommands, PipelineReader } from '@tapewatch/pipeline';
import { sampleStart } from '../sample-data.js';

/** One series whose newest value tests can change, whatever the query. */
export class FakeMetrics {
  value = 1;
  /** How often a query was evaluated. */
  evaluations = 0;
  pushResult = { accepted: 1, rejected: 0, message: '' };
  readonly #told: unknown[];

  /** `told` takes the commands that were given. */
  constructor(told: unknown[]) {
    this.#told = told;
  }

  readonly read = {
    query: (text, at) => this.#evaluate(text, at),
    queryRange: (_text, from, to, stepMs) => {
      const times = Float64Array.from({ length: Math.floor((to - from) / stepMs) + 1 }, (_, i) => from + i * stepMs);
      return accepted(
        resultOf(
          'matrix',
          to,
          times,
          times.map((_, i) => [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i % 4] as number),
        ),
      );
    },
    formatQuery: (text) => (this.#evaluate(text).ok ? accepted(`${text}\n`) : notParsed),
    parseQuery: (text) => (this.#evaluate(text).ok ? accepted({ type: 'vectorSelector', name: text }) : notParsed),
    series: (selectors) => {
      if (selectors.includes('{')) return Promise.resolve(refused('QUERY_INVALID', 'a label name was expected', '1:2'));
      return Promise.resolve(
        accepted([
          Labels.of({ __name__: 'exchange_up', venue: 'binance' }),
          Labels.of({ __name__: 'exchange_up', venue: 'kraken', 'odd.name': 'x' }),
        ]),
      );
    },
    metadata: () => {
      const about = { type: 'gauge' as const, unit: '{state}', description: 'Whether it answers.' };
      return [
        { ...about, name: 'exchange_up', otelName: 'exchange.up' },
        { ...about, name: 'target_info', otelName: 'target.info' },
      ];
    },
    metricsSummary: (rangeMs, match) => {
      if (match === '{') return refused('QUERY_INVALID', 'a label name was expected', '1:2');
      const series = {
        name: 'exchange_up',
        otelName: 'exchange.up',
        labels: Labels.of({ venue: 'binance' }),
        unit: '{state}',
        count: 60,
      };
      return accepted({
        rangeMs,
        completeness: 1,
        samplesTotal: 60,
        lastTickAt: sampleStart,
        series: [{ ...series, min: 0, max: Number.NaN }],
      });
    },
    prometheusText: () => '# TYPE exchange_up gauge\nexchange_up{venue="binance"} 1\n',
  } satisfies Partial<PipelineReader>;

  readonly commands = {
    pushMetrics: (body, encoding) => {
      this.#told.push({ what: 'push', encoding, bytes: body.length });
      if (Buffer.from(body).toString() === 'broken') return refused('INVALID_INPUT', 'the body is no JSON');
      return accepted(this.pushResult);
    },
  } satisfies Partial<PipelineCommands>;

  #evaluate(text: string, at = sampleStart): CommandResult<MetricResult> {
    this.evaluations++;
    if (text === 'boom') throw new Error('the secret of the evaluator');
    if (text.endsWith('(')) return refused('QUERY_INVALID', 'an expression was expected', `1:${text.length + 1}`);
    return accepted(resultOf('vector', at, Float64Array.of(at), Float64Array.of(this.value)));
  }
}

const notParsed = refused<never>('QUERY_INVALID', 'an expression was expected', '1:1');

function resultOf(kind: MetricResult['kind'], at: number, times: Float64Array, values: Float64Array): MetricResult {
  return { kind, at, series: [{ labels: Labels.of({ venue: 'binance' }), times, values }], warnings: [], infos: [] };
}
