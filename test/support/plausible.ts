import type { OtlpPoint } from './otlp-points.js';

/** A little over one: fractions are computed from figures that were read one after the other. */
const whole = 1.02;

const mayBeNegative = /^portfolio\.|\.(offset|imbalance|divergence|funding\.rate)$/;

/** What cannot be true among points of a healthy run, each with the reason. */
export function implausible(points: readonly OtlpPoint[]): readonly string[] {
  const faults = points.flatMap((point) => {
    const fault = faultOf(point);
    return fault === undefined ? [] : [`${point.metric} ${JSON.stringify(point.attributes)} ${point.value}: ${fault}`];
  });
  return [...new Set([...faults, ...crossed(points), ...shrunk(points)])];
}

function faultOf(point: OtlpPoint): string | undefined {
  const { metric, unit, value } = point;
  if (!Number.isFinite(value)) return 'not a number';
  if (value < 0 && !mayBeNegative.test(metric)) return 'below zero';
  if (unit === '1' && Math.abs(value) > whole) return 'a fraction above one';
  if (unit === '{state}' && value !== 0 && value !== 1) return 'neither true nor false';
  if (/^exchange\.ticker\.(last|bid|ask)$/.test(metric) && value === 0) return 'a price of nothing';
  if (unit === 's' && /\.(delay|duration|lag|offset|age)/.test(metric) && Math.abs(perEvent(point)) > 120)
    return 'minutes';
  if (/\.(uptime|limit|logical\.count)$/.test(metric) && value === 0) return 'nothing at all';
  if (point.kind === 'histogram' && point.count !== point.bucketCounts.reduce((sum, count) => sum + count, 0))
    return 'buckets that do not add up';
  if (unit === '' && metric !== 'target.info') return 'without a unit';
  return undefined;
}

function perEvent({ kind, value, count }: OtlpPoint): number {
  return kind === 'histogram' ? value / Math.max(1, count) : value;
}

/** Bids that are not below the ask of the same time. */
function crossed(points: readonly OtlpPoint[]): readonly string[] {
  const at = ({ attributes, timeNano }: OtlpPoint): string => `${JSON.stringify(attributes)} at ${timeNano}`;
  const asks = new Map(points.filter(({ metric }) => metric === 'exchange.ticker.ask').map((ask) => [at(ask), ask]));
  return points
    .filter(({ metric }) => metric === 'exchange.ticker.bid')
    .filter((bid) => !(bid.value < (asks.get(at(bid))?.value ?? -Infinity)))
    .map((bid) => `exchange.ticker.bid ${at(bid)}: not below the ask`);
}

/** Cumulative counters that went back. */
function shrunk(points: readonly OtlpPoint[]): readonly string[] {
  const last = new Map<string, OtlpPoint>();
  const faults: string[] = [];
  for (const point of points) {
    if (!point.monotonic || point.temporality !== 'cumulative') continue;
    const series = point.metric + JSON.stringify(point.attributes);
    const before = last.get(series);
    if (before !== undefined && before.timeNano < point.timeNano && before.value > point.value)
      faults.push(`${series}: ${before.value}, then ${point.value}`);
    last.set(series, point);
  }
  return faults;
}
