import { parentPort, workerData } from 'node:worker_threads';
import type { MinuteArrays } from '../history/minute-summary.ts';
import type { DiskCall, DiskReply, DiskRequest, DiskWorkerData } from './disk-protocol.ts';
import { HistoryDisk } from './history-disk.ts';
import { catalog, countSeconds, readSeries, TooMuchError, type ReadSeries } from './reading.ts';
import { buffersOfPage } from './recovered-page.ts';
import { recover } from './recovery.ts';

/*
 * All disk work of the metric history happens in this thread, so that an fsync that stalls never stalls a tick. It is loaded as a file of
 * its own, compiled or as TypeScript source, and therefore imports nothing by value but its neighbours (by their own names) and node's own.
 */
const port = parentPort as NonNullable<typeof parentPort>;
const say = (reply: DiskReply): void => port.postMessage(reply);
const disk = new HistoryDisk(workerData as DiskWorkerData, (damage) => say({ damage }));

/** Long work, in steps; between two of them a tick that came meanwhile is written. */
const running: (() => boolean)[] = [];
let troubled = false;
/** Compactions that run. */
let compacting = 0;

function begin<T>(steps: Generator<unknown, T>, ended: (value: T) => void, failed: (thrown: unknown) => void): void {
  if (running.length === 0) setImmediate(step);
  running.push(() => {
    try {
      const { done, value } = steps.next();
      if (done === true) ended(value);
      return done === true;
    } catch (thrown) {
      failed(thrown);
      return true;
    }
  });
}

function step(): void {
  const work = running.shift();
  if (work === undefined) return;
  if (!work()) running.push(work);
  if (running.length > 0) setImmediate(step);
}

function compactWhenDue(): void {
  const due = disk.due();
  if (due === undefined) return;
  const tell = (trouble: string | undefined): void => {
    if (trouble !== undefined || troubled) say({ trouble });
    troubled = trouble !== undefined;
  };
  compacting++;
  begin(
    due,
    () => {
      compacting--;
      tell(undefined);
    },
    (thrown) => {
      compacting--;
      tell(messageOf(thrown));
    },
  );
}

function* whileCompacting(): Generator<void> {
  while (compacting > 0) yield;
}

function answer(id: number, work: () => unknown): void {
  try {
    say({ id, answer: work() });
  } catch (thrown) {
    fail(id, thrown);
  }
}

/** `handedOver`: what the other thread gets without a copy. */
function answerInSteps<T>(
  id: number,
  steps: Generator<unknown, T>,
  handedOver: (value: T) => ArrayBuffer[] = () => [],
): void {
  begin(
    steps,
    (value) => port.postMessage({ id, answer: value } satisfies DiskReply, handedOver(value)),
    (thrown) => fail(id, thrown),
  );
}

function fail(id: number, thrown: unknown): void {
  say({ id, error: { message: messageOf(thrown), tooMuch: thrown instanceof TooMuchError } });
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Each series that was read has arrays of its own. */
function buffersOf(found: readonly ReadSeries[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBufferLike>();
  for (const { raw, minutes } of found) {
    if (raw !== undefined) buffers.add(raw.times.buffer).add(raw.values.buffer);
    if (minutes !== undefined) for (const column of columnsOf(minutes)) buffers.add(column.buffer);
  }
  return [...buffers] as ArrayBuffer[];
}

function columnsOf({ startMs, min, max, sum, count, last }: MinuteArrays): readonly Float64Array[] {
  return [startMs, min, max, sum, count, last];
}

function* recoverSending(id: number, fromMs: number, toMs: number): Generator<void, unknown> {
  const pages = recover(disk.files, fromMs, toMs);
  for (;;) {
    const { done, value } = pages.next();
    if (done === true) return value;
    port.postMessage({ id, page: value }, buffersOfPage(value));
    yield;
  }
}

function serve(id: number, call: DiskCall): void {
  switch (call.name) {
    case 'open':
      return answer(id, () => disk.open(...call.args));
    case 'append':
      answer(id, () => disk.append(...call.args));
      return compactWhenDue();
    case 'recover':
      return answerInSteps(id, recoverSending(id, ...call.args));
    case 'catalog':
      return answerInSteps(id, catalog(disk.files, ...call.args));
    case 'read':
      return answerInSteps(id, readSeries(disk.files, ...call.args), buffersOf);
    case 'countSeconds':
      return answer(id, () => countSeconds(disk.files, ...call.args));
    case 'figures':
      return answer(id, () => disk.figures());
    case 'idle':
      return answerInSteps(id, whileCompacting());
    case 'close':
      running.length = 0;
      answer(id, () => disk.close());
      port.close();
  }
}

port.on('message', ({ id, call }: DiskRequest) => serve(id, call));
