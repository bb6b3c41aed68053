import { accepted, messageOf, refused, type CommandResult, type Labels, type Matcher } from '@tapewatch/model';
import { parse, PromqlError, QueryLimitError, SampleBuffer } from '@tapewatch/promql';
import { stepMs } from './chunk.js';
import type { SeriesTotals } from './history/history-reader.js';
import type { MemoryStore } from './memory-store.js';
import type { MetricStore } from './open-metric-store.js';

export interface MetricsSummary {
  readonly rangeMs: number;
  /** Ticks stored over ticks expected, 0 to 1. */
  readonly completeness: number;
  /** Of the series below, over the range. */
  readonly samplesTotal: number;
  readonly lastTickAt?: number;
  readonly series: readonly MetricSummary[];
}

export interface MetricSummary {
  readonly name: string;
  readonly otelName: string;
  readonly labels: Labels;
  readonly unit: string;
  /** Samples that are numbers. */
  readonly count: number;
  readonly min?: number;
  readonly max?: number;
  readonly avg?: number;
  readonly last?: number;
}

/** Samples that one summary may read: a few tens of milliseconds, in which no tick can come. */
const maxSamples = 5_000_000;

/** Series that one summary may tell of. */
const limits = { maxSeries: 20_000 };

/**
 * Every series that `match`, a series selector, accepts (all without it), over the newest `rangeMs`; NaN samples move no figure. What
 * memory holds is summed up at once; what reaches further back, from the minutes on disk.
 */
export function summarizeMetrics(
  metrics: Pick<MetricStore, 'memory' | 'history' | 'oldestMs'>,
  rangeMs: number,
  match?: string,
): CommandResult<MetricsSummary> | Promise<CommandResult<MetricsSummary>> {
  if (rangeMs < stepMs) return refused('INVALID_INPUT', 'range must be at least 1s', 'range');
  const matchers = matchersOf(match);
  if (!matchers.ok) return matchers;
  const { memory, oldestMs = Infinity } = metrics;
  const { firstTickAt, lastTickAt } = memory;
  if (lastTickAt === undefined || firstTickAt === undefined)
    return accepted({ rangeMs, completeness: 0, samplesTotal: 0, series: [] });
  const range = { rangeMs, fromMs: lastTickAt - rangeMs, lastTickAt };
  const inMemory = range.fromMs + stepMs >= firstTickAt || oldestMs >= firstTickAt;
  return inMemory ? fromMemory(memory, matchers.value, range) : fromHistory(metrics, matchers.value, range);
}

interface Range {
  readonly rangeMs: number;
  /** (fromMs, lastTickAt] */
  readonly fromMs: number;
  readonly lastTickAt: number;
}

function fromMemory(
  store: MemoryStore,
  matchers: readonly Matcher[],
  { rangeMs, fromMs, lastTickAt }: Range,
): CommandResult<MetricsSummary> {
  const buffer = new SampleBuffer(4096);
  const series: MetricSummary[] = [];
  let read = 0;
  for (const memory of store.select(matchers)) {
    buffer.clear();
    memory.window(fromMs, lastTickAt, buffer);
    read += buffer.length;
    if (read > maxSamples) {
      return refused(
        'QUERY_LIMIT',
        `the summary would read more than ${maxSamples} samples; ask for a shorter range or fewer series`,
      );
    }
    if (buffer.length > 0) series.push({ ...nameOf(memory), ...figures(buffer) });
  }
  const completeness = Math.min(1, store.ticksIn(fromMs, lastTickAt) / (rangeMs / stepMs));
  const samplesTotal = countOf(series);
  return accepted({ rangeMs, completeness, samplesTotal, lastTickAt, series: inOrder(series) });
}

async function fromHistory(
  { history }: Pick<MetricStore, 'history'>,
  matchers: readonly Matcher[],
  { rangeMs, fromMs, lastTickAt }: Range,
): Promise<CommandResult<MetricsSummary>> {
  try {
    const [totals, completeness] = await Promise.all([
      history.totals(matchers, fromMs + 1, lastTickAt + 1, limits),
      history.completeness(fromMs + stepMs, lastTickAt + stepMs),
    ]);
    const series = totals.map((total): MetricSummary => {
      const { count, last, min, max, sum } = total;
      return { ...nameOf(total), count, last, ...(count === 0 ? {} : { min, max, avg: sum / count }) };
    });
    return accepted({ rangeMs, completeness, samplesTotal: countOf(series), lastTickAt, series: inOrder(series) });
  } catch (thrown) {
    if (thrown instanceof QueryLimitError) return refused('QUERY_LIMIT', thrown.message);
    return refused('UNAVAILABLE', `the metric history cannot be read (${messageOf(thrown)})`);
  }
}

function nameOf({
  labels,
  metric,
}: Pick<SeriesTotals, 'labels' | 'metric'>): Pick<MetricSummary, 'name' | 'otelName' | 'unit' | 'labels'> {
  const { otelName, unit } = metric;
  return { name: labels.get('__name__'), otelName, unit, labels: labels.without('__name__') };
}

function countOf(series: readonly MetricSummary[]): number {
  return series.reduce((sum, { count }) => sum + count, 0);
}

function inOrder(series: MetricSummary[]): MetricSummary[] {
  return series.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.labels.key < b.labels.key ? -1 : 1));
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
  return { count: numbers, last, ...(numbers === 0 ? {} : { min, max, avg: sum / numbers }) };
}
