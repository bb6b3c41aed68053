import { SampleBuffer } from '../series-source.js';
import type { Sample } from '../series-source.js';
import type { RangeSelector, VectorSelector } from '../syntax/ast.js';
import { InstantVector } from './instant-vector.js';
import type { VectorPlan, WindowPlan } from './plan.js';
import type { QueryRun } from './query-run.js';
import { shiftedTime } from './time-frame.js';
import type { TimeFrame } from './time-frame.js';

/** How many series are read between two looks at the deadline. */
const seriesPerLook = 256;

interface Place {
  readonly slot: number;
  readonly frame: TimeFrame;
}

/** The newest sample of each series; with `timestamps`, when it was taken, in seconds. */
export function planSelector(selector: VectorSelector, place: Place, timestamps = false): VectorPlan {
  const { slot } = place;
  const frame = place.frame.under(selector, 0);
  const sample: Sample = { timeMs: 0, value: 0 };
  return {
    kind: 'vector',
    at(run, timeMs) {
      const { lookbackMs } = run;
      const atMs = shiftedTime(selector, run, timeMs);
      const readers = run.select(slot, selector.matchers, frame.firstMs(run) - lookbackMs, frame.lastMs(run));
      const result = new InstantVector();
      run.checkDeadline(readers.length + 1);
      for (const reader of readers) {
        if (!reader.latest(atMs, lookbackMs, sample)) continue;
        result.push(reader.labels, timestamps ? sample.timeMs / 1000 : sample.value, timestamps);
      }
      run.countSamples(result.length);
      return result;
    },
  };
}

export function planRangeSelector({ selector, rangeMs }: RangeSelector, place: Place): WindowPlan {
  const { slot } = place;
  const frame = place.frame.under(selector, 0);
  const samples = new SampleBuffer();
  const endOf = (run: QueryRun, timeMs: number): number => shiftedTime(selector, run, timeMs);
  return {
    kind: 'matrix',
    rangeMs,
    endOf,
    visit(run, timeMs, visitor) {
      const toMs = endOf(run, timeMs);
      const readers = run.select(slot, selector.matchers, frame.firstMs(run) - rangeMs, frame.lastMs(run));
      for (let i = 0; i < readers.length; i++) {
        if (i % seriesPerLook === 0) run.checkDeadline();
        const reader = readers[i] as (typeof readers)[number];
        samples.clear();
        reader.window(toMs - rangeMs, toMs, samples);
        if (samples.length === 0) continue;
        run.countSamples(samples.length);
        visitor(reader.labels, samples, false);
      }
    },
  };
}
