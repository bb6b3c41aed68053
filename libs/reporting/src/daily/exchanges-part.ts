import { histogramQuantile, type Bucket, type Quantile } from '../minutes/histogram-quantile.js';
import { increases, sumInRange } from '../minutes/increases.js';
import type { MinuteSeries, ReportMetrics } from '../minutes/minute-series.js';
import { onGrid } from '../minutes/minute-grid.js';
import { perSlot, type Slots } from '../minutes/slots.js';
import type { Watched } from '../ports.js';
import type { ExchangePart, GapPart, LatencyPart } from './daily-report.js';
import { figureOf, known, unknown, type Figure } from './figure.js';
import { longestGapMs, seenRatioOf, type Observation } from './observation.js';

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
type QuantileName = keyof typeof quantiles;
const quantileNames = Object.keys(quantiles) as readonly QuantileName[];

export interface ExchangesPart {
  readonly exchanges: readonly ExchangePart[];
  /** Of each, whether or not anything is missing. */
  readonly gaps: readonly GapPart[];
}

/** How each exchange did: connected, fast, without faults. */
export async function exchangesPart(
  metrics: ReportMetrics,
  watched: Watched,
  observation: Observation,
  slots: Slots,
): Promise<ExchangesPart> {
  const { startMs, toMs } = observation.grid;
  const read = async (selector: string): Promise<ReadonlyMap<string, readonly MinuteSeries[]>> =>
    Map.groupBy(await metrics.minutes(selector, startMs, toMs), ({ labels }) => labels.get('exchange'));
  const connected = await read('exchange_connected');
  const buckets = await read('exchange_request_duration_seconds_bucket');
  const errors = await read('exchange_request_errors_total');
  const stalls = await read('exchange_feed_stalls_total');
  const disconnects = await read('exchange_ws_disconnects_total');
  const venues = new Map(watched.exchanges.map(({ id, venue }) => [id, venue]));
  for (const [exchange, [first]] of connected)
    if (!venues.has(exchange)) venues.set(exchange, first?.labels.get('venue') ?? '');
  const parts = [...venues].map(([exchange, venue]) =>
    partOf(
      { exchange, venue },
      {
        connected: connected.get(exchange) ?? [],
        buckets: buckets.get(exchange) ?? [],
        errors: errors.get(exchange) ?? [],
        stalls: stalls.get(exchange) ?? [],
        disconnects: disconnects.get(exchange) ?? [],
      },
      observation,
      slots,
    ),
  );
  return { exchanges: parts.map(({ part }) => part), gaps: parts.map(({ gap }) => gap) };
}

type Sources = Readonly<Record<'connected' | 'buckets' | 'errors' | 'stalls' | 'disconnects', readonly MinuteSeries[]>>;

function partOf(
  name: Pick<ExchangePart, 'exchange' | 'venue'>,
  sources: Sources,
  observation: Observation,
  slots: Slots,
): { readonly part: ExchangePart; readonly gap: GapPart } {
  const { grid } = observation;
  const connected = onGrid(sources.connected, grid);
  const seconds = sumInRange(connected.count, grid);
  const seenRatio = seenRatioOf(connected.count, grid);
  const latency = latencyOf(sources.buckets, observation, slots);
  const seen = seconds > 0;
  const errorsByType = errorTypes(sources.errors, observation);
  const part: ExchangePart = {
    ...name,
    uptime: seen ? known(sumOf(connected.sum, grid.lead, grid.length) / seconds) : unknown('no_data'),
    seenRatio,
    requests: seen ? known(latency.requests) : unknown('no_data'),
    latency: latency.figures,
    errors: seen ? known(errorsByType.reduce((sum, { count }) => sum + count, 0)) : unknown('no_data'),
    errorsByType,
    stalls: grown(sources.stalls, observation, seen),
    disconnects: grown(sources.disconnects, observation, seen),
    chart: {
      p50Ms: latency.perSlot.map(({ p50 }) => p50),
      p95Ms: latency.perSlot.map(({ p95 }) => p95),
      p99Ms: latency.perSlot.map(({ p99 }) => p99),
      connected: perSlot(slots, grid, (first, end) => {
        const count = sumOf(connected.count, first, end);
        return count > 0 ? sumOf(connected.sum, first, end) / count : null;
      }),
    },
  };
  const gap: GapPart = {
    kind: 'exchange',
    name: name.exchange,
    seenRatio,
    longestGapMs: longestGapMs(connected.count, observation),
  };
  return { part, gap };
}

interface Latency {
  readonly requests: number;
  readonly figures: LatencyPart;
  readonly perSlot: readonly Readonly<Record<QuantileName, number | null>>[];
}

/** Over all operations, those that failed included. */
function latencyOf(series: readonly MinuteSeries[], observation: Observation, slots: Slots): Latency {
  const { grid } = observation;
  const perBound = new Map<number, Float64Array>();
  for (const one of bySeries(series)) {
    const bound = boundOf(one[0]?.labels.get('le') ?? '');
    const grownBy = increases(onGrid(one, grid), grid, observation.bornIn);
    const sum = perBound.get(bound);
    if (sum === undefined) perBound.set(bound, grownBy);
    else for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (grownBy[i] as number);
  }
  const bucketsIn = (first: number, end: number): readonly Bucket[] =>
    [...perBound].map(([upperBound, perMinute]) => ({ upperBound, count: sumOf(perMinute, first, end) }));
  const all = bucketsIn(grid.lead, grid.length);
  const found = Object.fromEntries(
    quantileNames.map((name) => [name, histogramQuantile(quantiles[name], all)]),
  ) as Record<QuantileName, Quantile | undefined>;
  const figure = (name: QuantileName): Figure =>
    figureOf(found[name] === undefined ? undefined : found[name].value * 1000, 'no_requests');
  return {
    requests: all.find(({ upperBound }) => upperBound === Number.POSITIVE_INFINITY)?.count ?? 0,
    figures: {
      p50Ms: figure('p50'),
      p95Ms: figure('p95'),
      p99Ms: figure('p99'),
      beyond: quantileNames.filter((name) => found[name]?.beyond === true),
    },
    perSlot: perSlot(slots, grid, (first, end) => {
      const buckets = bucketsIn(first, end);
      const ms = (name: QuantileName): number | null => {
        const value = histogramQuantile(quantiles[name], buckets)?.value;
        return value === undefined ? null : value * 1000;
      };
      return { p50: ms('p50'), p95: ms('p95'), p99: ms('p99') };
    }),
  };
}

function errorTypes(series: readonly MinuteSeries[], observation: Observation): ExchangePart['errorsByType'] {
  const counts = new Map<string, number>();
  for (const one of bySeries(series)) {
    const type = one[0]?.labels.get('error_type') ?? '';
    const count = sumInRange(
      increases(onGrid(one, observation.grid), observation.grid, observation.bornIn),
      observation.grid,
    );
    if (count > 0) counts.set(type, (counts.get(type) ?? 0) + count);
  }
  return [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count);
}

/** A counter that an observed exchange does not have has never been counted up. */
function grown(series: readonly MinuteSeries[], observation: Observation, seen: boolean): Figure {
  if (!seen) return unknown('no_data');
  const { grid, bornIn } = observation;
  return known(
    bySeries(series).reduce((sum, one) => sum + sumInRange(increases(onGrid(one, grid), grid, bornIn), grid), 0),
  );
}

/** Counters are followed one by one: of series with the same labels the later one continues the earlier one. */
function bySeries(series: readonly MinuteSeries[]): readonly (readonly MinuteSeries[])[] {
  return [...Map.groupBy(series, ({ labels }) => labels.without('instance').key).values()];
}

function boundOf(le: string): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

/** Skips minutes without a sample. */
function sumOf(values: ArrayLike<number>, first: number, end: number): number {
  let sum = 0;
  for (let i = first; i < end; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value)) sum += value;
  }
  return sum;
}
