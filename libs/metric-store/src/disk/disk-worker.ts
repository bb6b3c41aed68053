import { parentPort, workerData } from 'node:worker_threads';
import { TooMuchError } from './budget.ts';
import { catalog, type CatalogPart } from './catalog.ts';
import type { DiskCall, DiskReply, DiskRequest, DiskWorkerData } from './disk-protocol.ts';
import { HistoryDisk } from './history-disk.ts';
import type { StoredSeries } from './layout.ts';
import { buffersOf, idsOf, load, packed, type FindAnswer, type LoadAnswer } from './loading.ts';
import { presentSeries } from './present-series.ts';
import { countSeconds, readSeries, type ReadSeries } from './reading.ts';
import { buffersOfPage } from './recovered-page.ts';
import { recover } from './recovery.ts';
import { ToldIds } from './told-series.ts';

/*
 * All disk work of the metric history happens in this thread, so that an fsync that stalls never stalls a tick. It is loaded as a file of
 * its own, compiled or as TypeScript source, and therefore imports nothing by value but its neighbours (by their own names) and node's own.
 */
const port = parentPort as NonNullable<typeof parentPort>;
const say = (reply: DiskReply): void => port.postMessage(reply);
const disk = new HistoryDisk(workerData as DiskWorkerData, (damage) => say({ damage }));

/** Long work, in steps; between two of them a tick that came meanwhile is written. */
const running: (() => boolean)[] = [];
const told = new ToldIds();
let troubled = false;
/** How long one work goes on before another gets its turn, and ticks that came meanwhile. */
const turnMs = 4;
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
  // Short steps together: a turn of the event loop in between costs as much as they do.
  const until = performance.now() + turnMs;
  let done = work();
  while (!done && performance.now() < until) done = work();
  if (!done) running.push(work);
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
function answerInSteps<T, Answer>(
  id: number,
  steps: Generator<unknown, T>,
  answerOf: (value: T) => Answer,
  handedOver: (answer: Answer) => ArrayBuffer[] = () => [],
): void {
  begin(
    steps,
    (value) => {
      const reply = answerOf(value);
      port.postMessage({ id, answer: reply } satisfies DiskReply, handedOver(reply));
    },
    (thrown) => fail(id, thrown),
  );
}

function samplesOf(found: readonly ReadSeries[]): Omit<LoadAnswer, 'told'> {
  return { raw: packed(found), others: found.filter(({ raw }) => raw === undefined) };
}

function fail(id: number, thrown: unknown): void {
  const limit = thrown instanceof TooMuchError ? { limit: thrown.limit } : {};
  say({ id, error: { message: messageOf(thrown), ...limit } });
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
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

function foundOf(parts: readonly CatalogPart[]): FindAnswer {
  return { told: told.tell(seriesOf(parts)), parts: parts.map(idsOf) };
}

function seriesOf(parts: readonly CatalogPart[]): readonly StoredSeries[] {
  return parts.flatMap(({ series }) => series);
}

function same<T>(value: T): T {
  return value;
}

function serve(id: number, call: DiskCall): void {
  switch (call.name) {
    case 'open':
      return answer(id, () => disk.open(...call.args));
    case 'append':
      answer(id, () => disk.append(...call.args));
      return compactWhenDue();
    case 'recover':
      return answerInSteps(id, recoverSending(id, ...call.args), same);
    case 'load':
      return answerInSteps(
        id,
        load(disk.files, ...call.args),
        ({ parts, found }): LoadAnswer => ({ told: told.tell(seriesOf(parts)), ...samplesOf(found) }),
        buffersOf,
      );
    case 'find':
      return answerInSteps(id, catalog(disk.files, ...call.args), foundOf);
    case 'present':
      return answerInSteps(id, presentSeries(disk.files, ...call.args), foundOf);
    case 'read':
      return answerInSteps(id, readSeries(disk.files, ...call.args), samplesOf, buffersOf);
    case 'countSeconds':
      return answer(id, () => countSeconds(disk.files, ...call.args));
    case 'figures':
      return answer(id, () => disk.figures());
    case 'idle':
      return answerInSteps(id, whileCompacting(), same);
    case 'close':
      running.length = 0;
      answer(id, () => disk.close());
      port.close();
  }
}

port.on('message', ({ id, call }: DiskRequest) => serve(id, call));
