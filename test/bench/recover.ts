import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@tapewatch/model';
import { openMetricStore, type MetricStore } from '@tapewatch/metric-store';
import { SampleBuffer } from '@tapewatch/promql';
import { scratchFolder } from '../support/scratch.js';
import { figuresOf } from './process-figures.js';
import type { Benchmark } from './main.js';
import { quiet } from './quiet.js';
import { recoverSeconds, recoverSeries, valueAt } from './recover-process.js';

/** How long a store that was killed takes until everything that memory held is served again. */
export const recover: Benchmark = {
  what: 'kill -9 with 10,000 series and 15 minutes in memory, start again: from opening the store to all of it served',
  async run() {
    const folder = await scratchFolder();
    try {
      const child = fork(fileURLToPath(new URL('./recover-process.js', import.meta.url)), [folder.path]);
      const [lastAt] = (await once(child, 'message')) as [number];
      const rss = (await figuresOf(child.pid as number)).rssMegabytes;
      child.kill('SIGKILL');
      await once(child, 'exit');

      const began = performance.now();
      const processorBefore = process.cpuUsage();
      const store = await openMetricStore({
        ...{ retentionMs: 3_600_000, budgetBytes: 2 ** 28, clock: systemClock, logger: quiet },
        history: { folder: folder.path, rawMs: 7 * 86_400_000, rollupMs: 90 * 86_400_000 },
      });
      const opened = performance.now();
      const processor = process.cpuUsage(processorBefore);
      const buffer = new SampleBuffer(recoverSeconds);
      let samples = 0;
      for (const series of store.memory.select([])) {
        buffer.clear();
        series.window(-1, Number.MAX_SAFE_INTEGER, buffer);
        samples += buffer.length;
      }
      const served = performance.now();
      const wrong = wrongIn(store, lastAt);
      await store.stop();
      return {
        'from opening to all of it served, ms': Math.round(served - began),
        'of that, opening, ms': Math.round(opened - began),
        'processor time of opening, both threads, ms': Math.round((processor.user + processor.system) / 1000),
        'samples served': samples,
        'samples missing': recoverSeries * recoverSeconds - samples,
        'samples wrong': wrong,
        'rss before the kill, MB': rss,
        'rss after, MB': (await figuresOf(process.pid)).rssMegabytes,
      };
    } finally {
      await folder.remove();
    }
  },
};

function wrongIn({ memory }: MetricStore, lastAt: number): number {
  const buffer = new SampleBuffer(recoverSeconds);
  let wrong = 0;
  for (const series of memory.select([])) {
    buffer.clear();
    series.window(-1, Number.MAX_SAFE_INTEGER, buffer);
    const i = Number(series.labels.get('i'));
    for (let k = 0; k < buffer.length; k++) {
      const second = recoverSeconds - 1 - (lastAt - (buffer.times[k] as number)) / 1000;
      if (buffer.values[k] !== valueAt(i, second)) wrong++;
    }
  }
  return wrong;
}
