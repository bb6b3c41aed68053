import { readFile } from 'node:fs/promises';
import { Labels, type Series } from '@tapewatch/model';

/** One series with all of its samples. */
export interface MetricData {
  readonly series: Series;
  /** Milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

const secondsOfHour = 3600;

/**
 * An hour of what a trading desk keeps, once a second: prices on a tick of 0.01 that move every one to three seconds, rolling volumes,
 * shares of processor time (100 x jiffies / all jiffies, so every bit of the mantissa is used), counters; 40:20:20:20. The same each time.
 */
export function generatedData(count: number, startMs: number): readonly MetricData[] {
  const times = Float64Array.from({ length: secondsOfHour }, (_, i) => startMs + i * 1000);
  return Array.from({ length: count }, (_, i) => {
    const random = randomOf(i + 1);
    const kind = (['price', 'price', 'volume', 'cpu', 'counter'] as const)[i % 5] as Kind;
    const values = Float64Array.from({ length: secondsOfHour }, generators[kind](random));
    return { series: seriesOf(kind, i), times, values };
  });
}

type Kind = 'price' | 'volume' | 'cpu' | 'counter';

const generators: Readonly<Record<Kind, (random: () => number) => () => number>> = {
  price(random) {
    let cents = Math.round(100 * Math.exp(2 + 8 * random()));
    const [chance, width] = [1 / (1 + 2 * random()), Math.max(1, cents * 2e-5)];
    return () => {
      if (random() < chance) cents = Math.max(1, cents + Math.round(bell(random) * width));
      return cents / 100;
    };
  },
  volume(random) {
    const size = Math.exp(5 + 6 * random()) * 1e4;
    let units = Math.round(size);
    return () => {
      if (random() < 0.2) units = Math.max(0, units + Math.round((random() - 0.48) * size * 3e-3));
      return units / 1e4;
    };
  },
  cpu(random) {
    let level = random();
    return () => {
      level = Math.min(0.95, Math.max(0.02, level + (random() - 0.5) * 0.05));
      const all = 198 + Math.floor(random() * 5);
      const busy = Math.round(all * Math.min(1, Math.max(0, level + (random() - 0.5) * 0.2)));
      return (100 * busy) / all;
    };
  },
  counter(random) {
    let total = Math.floor(random() * 1e7);
    const rate = Math.exp(1 + 5 * random());
    return () => (total += Math.max(0, Math.round(rate * (1 + bell(random) * 0.25))));
  },
};

function seriesOf(kind: Kind, i: number): Series {
  const name = {
    price: 'exchange_ticker_last',
    volume: 'exchange_ticker_volume_base',
    cpu: 'cpu',
    counter: 'messages_total',
  }[kind];
  return {
    metric: {
      otelName: name.replaceAll('_', '.'),
      name,
      type: kind === 'counter' ? 'counter' : 'gauge',
      unit: '1',
      description: '',
    },
    labels: Labels.of({ __name__: name, venue: `venue-${i % 7}`, symbol: `SYM${i}/USDT`, instance: 'bench' }),
  };
}

/** Lines of `{"metric": {...} or "name", "values": [...], "timestamps": [...]}`, as VictoriaMetrics exports them. */
export async function dataOfFile(path: string): Promise<readonly MetricData[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const { metric, values, timestamps } = JSON.parse(line) as {
      metric: string | Record<string, string>;
      values: readonly unknown[];
      timestamps: readonly number[];
    };
    const given = typeof metric === 'string' ? { __name__: metric } : metric;
    const labels = Labels.of({ __name__: `series_${i}`, ...given });
    const name = labels.get('__name__');
    return {
      series: { labels, metric: { otelName: name, name, type: 'gauge', unit: '', description: '' } },
      times: Float64Array.from(timestamps),
      values: Float64Array.from(values, (value) => (value === null ? NaN : Number(value))),
    };
  });
}

function bell(random: () => number): number {
  return (random() + random() + random() + random() + random() + random() - 3) * 1.41;
}

/** Mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
