import { Labels, systemClock, type Series } from '@tapewatch/model';
import { openMetricStore } from '@tapewatch/metric-store';
import { quiet } from './quiet.js';

export const recoverSeries = 10_000;
export const recoverSeconds = 900;

/** A price of two decimals, a share, a counter or a state, whose value follows from its place. */
export function valueAt(i: number, second: number): number {
  const turn = Math.imul(i * 7919 + Math.floor(second / 2), 2654435761) >>> 0;
  switch (i % 4) {
    case 0:
      return (100_000 + i + (turn % 97)) / 100;
    case 1:
      return (100 * (turn % 150)) / (198 + (turn % 5));
    case 2:
      return i * 1000 + second * (1 + (i % 13));
    default:
      return i % 3;
  }
}

/** The process that is killed: fills the store, tells the parent the time of its newest tick, and waits. */
async function fill(folder: string): Promise<void> {
  const store = await openMetricStore({
    ...{ retentionMs: 3_600_000, budgetBytes: 2 ** 28, clock: systemClock, logger: quiet },
    history: { folder, rawMs: 7 * 86_400_000, rollupMs: 90 * 86_400_000 },
  });
  const metric = { otelName: 'bench', name: 'bench', type: 'gauge', unit: '', description: '' } as const;
  const series = Array.from({ length: recoverSeries }, (_, i): Series => {
    return { metric, labels: Labels.of({ __name__: 'bench', i: String(i), instance: 'bench' }) };
  });
  const startMs = Math.floor(Date.now() / 1000) * 1000 - recoverSeconds * 1000;
  let at = startMs;
  for (let second = 0; second < recoverSeconds; second++) {
    at = startMs + second * 1000;
    store.memory.accept({ at, series, values: Float64Array.from(series, (_, i) => valueAt(i, second)) });
    store.flush();
    if (second % 20 === 19) await store.settled();
  }
  await store.settled();
  process.send?.(at);
  setInterval(() => undefined, 1000);
}

const [folder] = process.argv.slice(2);
if (process.send !== undefined && folder !== undefined) await fill(folder);
