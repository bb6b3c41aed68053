import { Labels, type Matcher, type MetricDescription } from '@tapewatch/model';
import { formatMatchers, QueryLimitError, type SeriesSource } from '@tapewatch/promql';
import type {
  HistoryLimits,
  HistoryReader,
  HistoryResolution,
  MinuteSeries,
  SeriesTotals,
  TotalsReader,
} from '../history/history-reader.js';
import { LoadedSeries, LoadedSource } from '../history/loaded-source.js';
import { minuteEndMs, minuteMs, nextStartOfMinute, startOfMinute } from '../history/minute-summary.js';
import type { BackendSeries, PrometheusClient } from './prometheus-client.js';

export interface PrometheusHistoryOptions {
  readonly client: PrometheusClient;
  /** A series that every tick has: how many of its samples there are says how complete the data is. */
  readonly beat: string;
}

/** Prometheus answers at most 11,000 points a series. */
const minutesAtOnce = 10_000;
/** From the start of a minute to the time whose window of a minute is exactly that minute. */
const minuteWindowMs = minuteMs - 1;

/**
 * History in a backend that speaks Prometheus' HTTP API. Stale markers do not come over that API, so a series that has ended looks
 * alive until the lookback is over; samples that are NaN count in its summaries.
 */
export class PrometheusHistory implements HistoryReader, TotalsReader {
  readonly #client: PrometheusClient;
  readonly #beat: string;
  readonly #descriptions = new Map<string, Promise<MetricDescription>>();

  constructor(options: PrometheusHistoryOptions) {
    this.#client = options.client;
    this.#beat = options.beat;
  }

  async source(
    selectors: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
    resolution: HistoryResolution,
    limits: HistoryLimits = {},
  ): Promise<SeriesSource> {
    const lists = await Promise.all(
      selectors.map((matchers) =>
        resolution === 'raw' ? this.#raw(matchers, fromMs, toMs) : this.#lastOfMinutes(matchers, fromMs, toMs),
      ),
    );
    const byKey = new Map<string, LoadedSeries>();
    let samples = 0;
    for (const { labels, times, values } of lists.flat()) {
      const named = Labels.of(labels);
      if (byKey.has(named.key)) continue;
      samples += times.length;
      byKey.set(named.key, new LoadedSeries(named, times, values));
      checkLimits(byKey.size, samples, limits);
    }
    return new LoadedSource([...byKey.values()]);
  }

  async minutes(
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits: HistoryLimits = {},
  ): Promise<readonly MinuteSeries[]> {
    const firstMs = nextStartOfMinute(fromMs);
    const lastMs = nextStartOfMinute(toMs) - minuteMs;
    if (lastMs < firstMs) return [];
    const names = await this.#names(matchers, firstMs, lastMs + minuteMs);
    const found: MinuteSeries[] = [];
    let samples = 0;
    for (const name of names) {
      for (const series of await this.#minutesOf(name, matchers, firstMs, lastMs)) {
        found.push(series);
        samples += series.startMs.length;
        checkLimits(found.length, samples, limits);
      }
    }
    return found;
  }

  async totals(
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits: HistoryLimits = {},
  ): Promise<readonly SeriesTotals[]> {
    const firstMs = nextStartOfMinute(fromMs);
    const endMs = nextStartOfMinute(toMs);
    if (endMs <= firstMs) return [];
    const found: SeriesTotals[] = [];
    for (const name of await this.#names(matchers, firstMs, endMs)) {
      const metric = await this.#describe(name);
      const [last, ...columns] = await this.#overTime(named(name, matchers), `[${endMs - firstMs}ms]`, (expression) =>
        this.#client.query(expression, endMs - 1),
      );
      const [min, max, sum, count] = columns.map(byLabels);
      for (const { labels, values } of last) {
        const whole = Labels.of({ ...labels, __name__: name });
        const key = whole.without('__name__').key;
        const valueIn = (column: ReadonlyMap<string, BackendSeries> | undefined): number =>
          column?.get(key)?.values[0] ?? Number.NaN;
        found.push({
          ...{ labels: whole, metric, last: values[0] ?? Number.NaN },
          ...{ min: valueIn(min), max: valueIn(max), sum: valueIn(sum), count: valueIn(count) },
        });
        checkLimits(found.length, found.length, limits);
      }
    }
    return found;
  }

  async labels(
    selectors: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
    { maxSeries = Infinity }: Pick<HistoryLimits, 'maxSeries'> = {},
  ): Promise<readonly Labels[]> {
    const found = new Map<string, Labels>();
    for (const labels of await this.#client.series(selectors.map(anySelector), fromMs, toMs)) {
      const named = Labels.of(labels);
      found.set(named.key, named);
      checkLimits(found.size, 0, { maxSeries });
    }
    return [...found.values()];
  }

  async completeness(fromMs: number, toMs: number): Promise<number> {
    const expression = `max(count_over_time(${this.#beat}[${toMs - fromMs}ms]))`;
    const [series] = await this.#client.query(expression, toMs - 1);
    return Math.min(1, (series?.values[0] ?? 0) / ((toMs - fromMs) / 1000));
  }

  async #raw(matchers: readonly Matcher[], fromMs: number, toMs: number): Promise<readonly BackendSeries[]> {
    if (toMs <= fromMs) return [];
    const found = await this.#client.query(`${formatMatchers(matchers)}[${toMs - fromMs}ms]`, toMs);
    // Backends older than Prometheus 3 give a sample exactly at the start, too.
    return found.map((series) => (series.times[0] === fromMs ? withoutFirst(series) : series));
  }

  async #lastOfMinutes(matchers: readonly Matcher[], fromMs: number, toMs: number): Promise<readonly BackendSeries[]> {
    const firstMs = startOfMinute(fromMs);
    const lastMs = nextStartOfMinute(toMs) - minuteMs;
    const found = await this.#perMinute(`last_over_time(${formatMatchers(matchers)}[1m])`, firstMs, lastMs);
    return found.map(({ labels, times, values }) => ({
      labels,
      times: times.map((at) => at - minuteWindowMs + minuteEndMs),
      values,
    }));
  }

  async #minutesOf(
    name: string,
    matchers: readonly Matcher[],
    firstMs: number,
    lastMs: number,
  ): Promise<readonly MinuteSeries[]> {
    const metric = await this.#describe(name);
    const [last, ...others] = await this.#overTime(named(name, matchers), '[1m]', (expression) =>
      this.#perMinute(expression, firstMs, lastMs),
    );
    const columns = others.map(byLabels);
    return last.map((series) => {
      const labels = Labels.of({ ...series.labels, __name__: name });
      const key = labels.without('__name__').key;
      const [minimum, maximum, total, counted] = columns.map((column) => alignedTo(series.times, column.get(key)));
      return {
        labels,
        metric,
        startMs: series.times.map((at) => at - minuteWindowMs),
        min: minimum as Float64Array,
        max: maximum as Float64Array,
        sum: total as Float64Array,
        count: counted as Float64Array,
        last: series.values,
      };
    });
  }

  /** Last, minimum, maximum, sum and count over a range, each asked in its own query. */
  async #overTime(
    selector: string,
    range: string,
    ask: (expression: string) => Promise<readonly BackendSeries[]>,
  ): Promise<[readonly BackendSeries[], ...(readonly BackendSeries[])[]]> {
    const answers = ['last', 'min', 'max', 'sum', 'count'].map((fn) => ask(`${fn}_over_time(${selector}${range})`));
    return (await Promise.all(answers)) as [readonly BackendSeries[], ...(readonly BackendSeries[])[]];
  }

  /** One point a minute, at the time whose one-minute window is the whole minute. */
  async #perMinute(expression: string, firstMs: number, lastMs: number): Promise<readonly BackendSeries[]> {
    const pieces: (readonly BackendSeries[])[] = [];
    for (let from = firstMs; from <= lastMs; from += minutesAtOnce * minuteMs) {
      const to = Math.min(lastMs, from + (minutesAtOnce - 1) * minuteMs);
      pieces.push(await this.#client.queryRange(expression, from + minuteWindowMs, to + minuteWindowMs, minuteMs));
    }
    return joined(pieces);
  }

  async #names(matchers: readonly Matcher[], fromMs: number, toMs: number): Promise<readonly string[]> {
    const exact = matchers.find(({ name, operator }) => name === '__name__' && operator === '=');
    return exact === undefined ? this.#client.metricNames(formatMatchers(matchers), fromMs, toMs) : [exact.value];
  }

  #describe(name: string): Promise<MetricDescription> {
    const base = name.replace(/_(bucket|sum|count)$/, '');
    let known = this.#descriptions.get(name);
    if (known === undefined) {
      known = this.#askDescription(name, base);
      this.#descriptions.set(name, known);
      // A failure is not kept.
      known.catch(() => this.#descriptions.delete(name));
    }
    return known;
  }

  async #askDescription(name: string, base: string): Promise<MetricDescription> {
    const found =
      (await this.#client.metadata(name)) ?? (base === name ? undefined : await this.#client.metadata(base));
    const type = found?.['type'];
    return {
      otelName: name,
      name,
      type: type === 'counter' || type === 'histogram' ? type : 'gauge',
      unit: found?.['unit'] ?? '',
      description: found?.['help'] ?? '',
    };
  }
}

/** The selector of one metric among those that the matchers accept. */
function named(name: string, matchers: readonly Matcher[]): string {
  const others = matchers.filter((matcher) => matcher.name !== '__name__');
  return formatMatchers([{ name: '__name__', operator: '=', value: name }, ...others]);
}

/** It refuses a selector that says nothing. */
function anySelector(matchers: readonly Matcher[]): string {
  return matchers.length === 0 ? '{__name__=~".+"}' : formatMatchers(matchers);
}

function checkLimits(
  series: number,
  samples: number,
  { maxSeries = Infinity, maxSamples = Infinity }: HistoryLimits,
): void {
  if (series > maxSeries) throw new QueryLimitError('maxSeries', `the matchers accept more than ${maxSeries} series`);
  if (samples > maxSamples)
    throw new QueryLimitError('maxSamples', `the answer would read more than ${maxSamples} samples`);
}

function withoutFirst({ labels, times, values }: BackendSeries): BackendSeries {
  return { labels, times: times.subarray(1), values: values.subarray(1) };
}

function byLabels(list: readonly BackendSeries[] | undefined): ReadonlyMap<string, BackendSeries> {
  return new Map((list ?? []).map((series) => [Labels.of(series.labels).without('__name__').key, series]));
}

/** The values at these times; NaN where the series has none. */
function alignedTo(times: Float64Array, series: BackendSeries | undefined): Float64Array {
  const aligned = new Float64Array(times.length).fill(Number.NaN);
  if (series === undefined) return aligned;
  let next = 0;
  times.forEach((at, i) => {
    while (next < series.times.length && (series.times[next] as number) < at) next++;
    if (series.times[next] === at) aligned[i] = series.values[next] as number;
  });
  return aligned;
}

function joined(pieces: readonly (readonly BackendSeries[])[]): readonly BackendSeries[] {
  if (pieces.length <= 1) return pieces[0] ?? [];
  const byKey = new Map<string, { labels: BackendSeries['labels']; times: number[]; values: number[] }>();
  for (const { labels, times, values } of pieces.flat()) {
    const key = Labels.of(labels).key;
    const known = byKey.get(key) ?? { labels, times: [], values: [] };
    byKey.set(key, known);
    for (const at of times) known.times.push(at);
    for (const value of values) known.values.push(value);
  }
  return [...byKey.values()].map(({ labels, times, values }) => ({
    labels,
    times: Float64Array.from(times),
    values: Float64Array.from(values),
  }));
}
