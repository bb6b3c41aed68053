import { Labels } from '@tapewatch/model';
import type { Logger, Series, Tick } from '@tapewatch/model';
import { MemoryStore } from '@tapewatch/metric-store';
import { evaluateInstant, parse } from '@tapewatch/promql';
import type { Expression } from '@tapewatch/promql';
import type { Benchmark } from './main.js';

const exchanges = 10;
const symbols = 500;
const filledTicks = 600;
const warmUpSweeps = 10;
const sweeps = Number(process.env['BENCH_SWEEPS'] ?? 120);

/** All rules once a second over what a desk with ten exchanges of 500 symbols keeps in memory. */
export const promqlSweep: Benchmark = {
  what: 'one evaluation of 1,000 rules over 10,000 series, BENCH_SWEEPS (120) times a tick apart',
  run() {
    const market = new SyntheticMarket();
    const store = new MemoryStore({ retentionMs: 900_000, budgetBytes: 4 * 2 ** 30, logger: silent });
    for (let i = 0; i < filledTicks; i++) store.accept(market.next());
    const rules = expressions().map((text) => parse(text));
    const times: number[] = [];
    const processor: number[] = [];
    let firing = 0;
    for (let i = 0; i < warmUpSweeps + sweeps; i++) {
      const tick = market.next();
      store.accept(tick);
      const startedMs = performance.now();
      const used = process.cpuUsage();
      firing = rules.reduce((sum, rule) => sum + resultsOf(rule, store, tick.at), 0);
      times.push(performance.now() - startedMs);
      const { user, system } = process.cpuUsage(used);
      processor.push((user + system) / 1000);
    }
    const warm = sorted(times.slice(warmUpSweeps));
    return Promise.resolve({
      'p50 of a sweep, ms': percentile(warm, 0.5),
      'p95 of a sweep, ms': percentile(warm, 0.95),
      'longest sweep, ms': percentile(warm, 1),
      'first sweep, ms': (times[0] as number).toFixed(1),
      // What a sweep costs by itself, on a machine that others use, too.
      'p50 of the processor time of a sweep, ms': percentile(sorted(processor.slice(warmUpSweeps)), 0.5),
      'series in results': firing,
    });
  },
};

function resultsOf(rule: Expression, store: MemoryStore, atMs: number): number {
  const result = evaluateInstant(rule, store, atMs);
  return result.kind === 'vector' ? result.series.length : 0;
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function percentile(ascending: readonly number[], share: number): string {
  return (ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] as number).toFixed(1);
}

/** 900 of one series, 80 of one symbol on two exchanges, 20 sums over the 1,000 counters of two exchanges. */
function expressions(): string[] {
  const point = (i: number): string => `{exchange="e${i % exchanges}",symbol="S${(i * 7) % symbols}"}`;
  return [
    ...Array.from({ length: 450 }, (_, i) => `price${point(i)} > 109`),
    ...Array.from({ length: 450 }, (_, i) => `avg_over_time(price${point(i)}[1m]) > 109`),
    ...Array.from({ length: 80 }, (_, i) => {
      const symbol = `symbol="S${i * 6}"`;
      return `price{exchange="e${i % 9}",${symbol}} / on (symbol) price{exchange="e${(i % 9) + 1}",${symbol}} > 1.05`;
    }),
    ...Array.from({ length: 20 }, (_, i) => {
      const pair = `e${i % exchanges}|e${(i + 1) % exchanges}`;
      return `sum by (exchange) (rate(trades_total{exchange=~"${pair}"}[1m])) > ${i}`;
    }),
  ];
}

class SyntheticMarket {
  readonly #series: Series[] = [];
  readonly #values = new Float64Array(2 * exchanges * symbols);
  #at = 1_700_000_000_000;

  constructor() {
    for (const name of ['price', 'trades_total']) {
      const type = name === 'price' ? 'gauge' : 'counter';
      const metric = { otelName: name, name, type, unit: '', description: '' } as const;
      for (let e = 0; e < exchanges; e++) {
        for (let s = 0; s < symbols; s++) {
          const labels = Labels.of({ __name__: name, exchange: `e${e}`, symbol: `S${s}`, job: 'tape' });
          this.#series.push({ labels, metric });
        }
      }
    }
  }

  next(): Tick {
    this.#at += 1000;
    const gauges = exchanges * symbols;
    for (let i = 0; i < this.#values.length; i++) {
      if (i < gauges) this.#values[i] = 100 + (((this.#at / 1000) * 31 + i * 17) % 1000) / 100;
      else (this.#values[i] as number) += 1 + (i % 7);
    }
    return { at: this.#at, series: this.#series, values: this.#values };
  }
}

const nothing = (): void => undefined;
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent };
