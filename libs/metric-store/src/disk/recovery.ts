import type { HistoryFiles } from './history-files.ts';
import { blockMs, firstOfPage, seriesPerPage, startOf } from './layout.ts';
import { NewestTicks } from './newest-ticks.ts';
import { PageBuilder, type RecoveredPage } from './recovered-page.ts';
import { DamagedFileError } from './sqlite-file.ts';

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

/**
 * First what lies in blocks, oldest first, then the newest ticks: who takes them makes the series meanwhile. Each page is of one block's
 * time, so that what memory keeps of it becomes old, and is let go of, together.
 */
function* recoverHead(files: HistoryFiles, fromMs: number, toMs: number): Generator<RecoveredPage, Float64Array> {
  const { head } = files;
  const texts = head.seriesTexts();
  const known = (id: number): boolean => texts.has(id);
  const told = new Set<number>();
  const finish = (page: number, builder: PageBuilder): RecoveredPage => {
    const first = !told.has(page);
    told.add(page);
    return builder.finish(first ? textsOf(texts, page) : []);
  };
  for (const { bucket, page } of head.blockKeys(startOf(fromMs, blockMs), toMs)) {
    const builder = new PageBuilder(seriesPerPage * (blockMs / 1000));
    for (const [id, samples] of head.blockEvenly(bucket, page)) if (known(id)) builder.add(id, samples);
    yield finish(page, builder);
  }
  const newest = new NewestTicks(head, toMs);
  for (const page of newest.pages) {
    const builder = new PageBuilder(seriesPerPage * newest.ticks);
    newest.addPage(page, builder, known);
    yield finish(page, builder);
  }
  return Float64Array.from(tickTimes(files, fromMs, toMs));
}

function textsOf(texts: ReadonlyMap<number, string>, page: number): string[] {
  const found: string[] = [];
  for (let id = firstOfPage(page); id < firstOfPage(page + 1); id++) {
    const text = texts.get(id);
    if (text !== undefined) found.push(text);
  }
  return found;
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
