import { accepted, refused, type CommandResult, type Labels, type Matcher } from '@tapewatch/model';
import { parse, PromqlError, SampleBuffer } from '@tapewatch/promql';
import { stepMs } from './chunk.js';
import type { MemoryStore } from './memory-store.js';

export interface MetricsSummary {
  readonly rangeMs: number;
  /** Ticks stored over ticks expected, 0 to 1. */
  readonly completeness: number;
  readonly samplesTotal: number;
  readonly lastTickAt?: number;
  readonly series: readonly MetricSummary[];
}

export interface MetricSummary {
  readonly name: string;
  readonly otelName: string;
  readonly labels: Labels;
  readonly unit: string;
  readonly count: number;
  readonly min?: number;
  readonly max?: number;
  readonly avg?: number;
  readonly last?: number;
}

/** Samples that one summary may read: a few tens of milliseconds, in which no tick can come. */
const maxSamples = 5_000_000;

/** Every series that `match`, a series selector, accepts (all without it), over the newest `rangeMs`. NaN samples count, but move no figure. */
export function summarizeMetrics(store: MemoryStore, rangeMs: number, match?: string): CommandResult<MetricsSummary> {
  if (rangeMs < stepMs) return refused('INVALID_INPUT', 'range must be at least 1s', 'range');
  const matchers = matchersOf(match);
  if (!matchers.ok) return matchers;
  const lastTickAt = store.lastTickAt;
  if (lastTickAt === undefined) return accepted({ rangeMs, completeness: 0, samplesTotal: 0, series: [] });
  const fromMs = lastTickAt - rangeMs;
  const buffer = new SampleBuffer(4096);
  const series: MetricSummary[] = [];
  let read = 0;
  for (const memory of store.select(matchers.value)) {
    buffer.clear();
    memory.window(fromMs, lastTickAt, buffer);
    read += buffer.length;
    if (read > maxSamples) {
      return refused(
        'QUERY_LIMIT',
        `the summary would read more than ${maxSamples} samples; ask for a shorter range or fewer series`,
      );
    }
    if (buffer.length === 0) continue;
    const { otelName, unit } = memory.metric;
    series.push({
      name: memory.labels.get('__name__'),
      otelName,
      unit,
      labels: memory.labels.without('__name__'),
      ...figures(buffer),
    });
  }
  series.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.labels.key < b.labels.key ? -1 : 1));
  const completeness = Math.min(1, store.ticksIn(fromMs, lastTickAt) / (rangeMs / stepMs));
  return accepted({ rangeMs, completeness, samplesTotal: store.samplesTotal, lastTickAt, series });
}

function matchersOf(match: string | undefined): CommandResult<readonly Matcher[]> {
  if (match === undefined || match === '') return accepted([]);
  try {
    const expression = parse(match);
    if (expression.kind === 'selector') return accepted(expression.matchers);
    return refused(
      'QUERY_INVALID',
      'match must be a series selector such as exchange_ticker_last{venue="binance"}',
      '1:1',
    );
  } catch (thrown) {
    if (thrown instanceof PromqlError)
      return refused('QUERY_INVALID', thrown.reason, `${thrown.line}:${thrown.column}`);
    throw thrown;
  }
}

function figures(buffer: SampleBuffer): Pick<MetricSummary, 'count' | 'min' | 'max' | 'avg' | 'last'> {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let numbers = 0;
  for (let i = 0; i < buffer.length; i++) {
    const value = buffer.values[i] as number;
    if (Number.isNaN(value)) continue;
    numbers++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const last = buffer.values[buffer.length - 1] as number;
  return { count: buffer.length, last, ...(numbers === 0 ? {} : { min, max, avg: sum / numbers }) };
}
