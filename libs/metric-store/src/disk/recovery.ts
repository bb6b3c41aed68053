import type { Samples } from '../codec/samples.ts';
import { grouped } from './compaction.ts';
import { gatherTicks } from './gather-ticks.ts';
import type { HistoryFiles } from './history-files.ts';
import { blockMs, startOf } from './layout.ts';
import { joined } from './merge-samples.ts';
import { DamagedFileError } from './sqlite-file.ts';

/** One page of series as memory shall hold it again. */
export interface RecoveredPage {
  /** Each a StoredSeries as JSON, with its samples. */
  readonly series: readonly { readonly text: string; readonly samples: Samples }[];
}

export interface RecoveredTimes {
  /** When there was a tick, oldest first. */
  readonly ticks: Float64Array;
  /** The file was damaged and was set aside half way: what came of it is a part of what was, of some series more than of others. */
  readonly cutShort: boolean;
}

/** Everything since `fromMs`, page by page, so that little is in hand at any time; the times at the end. */
export function* recover(files: HistoryFiles, fromMs: number, toMs: number): Generator<RecoveredPage, RecoveredTimes> {
  try {
    return { ticks: yield* recoverHead(files, fromMs, toMs), cutShort: false };
  } catch (thrown) {
    if (!(thrown instanceof DamagedFileError)) throw thrown;
    files.putAway(thrown);
    return { ticks: new Float64Array(), cutShort: true };
  }
}

function* recoverHead(files: HistoryFiles, fromMs: number, toMs: number): Generator<RecoveredPage, Float64Array> {
  const { head } = files;
  const texts = head.seriesTexts();
  const blocks = new Map<number, number[]>();
  for (const { bucket, page } of head.blockKeys(startOf(fromMs, blockMs), toMs)) {
    const buckets = blocks.get(page);
    if (buckets === undefined) blocks.set(page, [bucket]);
    else buckets.push(bucket);
  }
  const newest = runToEnd(gatherTicks(head, 0, toMs));
  const newestPages = grouped(newest.keys());
  for (const page of new Set([...blocks.keys(), ...newestPages.keys()])) {
    const parts = new Map<number, Samples[]>();
    const add = (id: number, samples: Samples): void => {
      const known = parts.get(id);
      if (known === undefined) parts.set(id, [samples]);
      else known.push(samples);
    };
    for (const bucket of blocks.get(page) ?? []) for (const [id, samples] of head.block(bucket, page)) add(id, samples);
    for (const id of newestPages.get(page) ?? []) add(id, newest.get(id) as Samples);
    const series = [...parts].flatMap(([id, samples]) => {
      const text = texts.get(id);
      return text === undefined ? [] : [{ text, samples: joined(samples) }];
    });
    yield { series };
  }
  return Float64Array.from(tickTimes(files, fromMs, toMs));
}

function tickTimes(files: HistoryFiles, fromMs: number, toMs: number): number[] {
  const { head } = files;
  const times = new Set<number>();
  for (let start = startOf(fromMs, blockMs); start < toMs; start += blockMs) {
    head.seconds(start / blockMs)?.forEach((had, i) => {
      if (had === 1) times.add(start + i * 1000);
    });
  }
  for (const at of head.tickTimes(fromMs, toMs)) times.add(at);
  return [...times].filter((at) => at >= fromMs && at < toMs).sort((a, b) => a - b);
}

export function runToEnd<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
