import { createNoopMeter, type Meter } from '@opentelemetry/api';
import { Labels, type Series } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { DiskGoneError } from './disk/disk-client.js';
import type { AppendResult, TickBatch } from './disk/history-disk.js';
import { HistoryWriter, type HistoryDiskPort } from './history-writer.js';
import { MemoryStore } from './memory-store.js';

const metric = { otelName: 'a', name: 'a', type: 'gauge', unit: '', description: '' } as const;
const seriesOf = (i: number): Series => ({ metric, labels: Labels.of({ __name__: 'a', i: String(i) }) });
const one = seriesOf(1);

/** A disk that can be full, and that keeps what it is given. */
class FakeDisk implements HistoryDiskPort {
  readonly written: TickBatch[] = [];
  full = false;
  headLost = false;
  diesAfterWriting = false;
  /** Of the next ones, so many. */
  late = 0;

  append(batches: readonly TickBatch[]): Promise<AppendResult> {
    if (this.full) return Promise.reject(new Error('database or disk is full'));
    this.written.push(...batches);
    if (this.diesAfterWriting) return Promise.reject(new DiskGoneError('it has ended'));
    const { late } = this;
    this.late = 0;
    return Promise.resolve({ late, headReplaced: this.headLost });
  }

  figures(): ReturnType<HistoryDiskPort['figures']> {
    return Promise.resolve({ bytes: 1, damagedFiles: 0 });
  }

  idle(): Promise<void> {
    return Promise.resolve();
  }
}

/** Notes what is added to counters beyond zero. */
function countingMeter(counted: unknown[]): Meter {
  const meter = createNoopMeter();
  const counter = { add: (value: number) => (value > 0 ? void counted.push(value) : undefined) };
  return Object.assign(Object.create(meter) as Meter, { createCounter: () => counter });
}

function writerOn(disk: FakeDisk) {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const writer = new HistoryWriter({ disk, nextId: 1, clock, logger });
  writer.measure(createNoopMeter());
  const memory = new MemoryStore({ retentionMs: 3_600_000, budgetBytes: 2 ** 27, logger }, writer);
  const tick = (at: number, series: readonly Series[], values: readonly number[] = series.map(() => at)): void => {
    memory.accept({ at: at * 1000, series, values });
    writer.flush();
  };
  return { clock, writer, memory, tick };
}

describe('HistoryWriter', () => {
  it('hands on what memory takes in, and tells of a series when it begins', async () => {
    const disk = new FakeDisk();
    const { tick, writer } = writerOn(disk);
    tick(1, [one, seriesOf(2)]);
    tick(2, [one]);
    tick(3, [one]);
    await writer.settled();
    expect(disk.written.map(({ atMs, series, ids }) => [atMs, series.map(({ id }) => id), [...ids]])).toEqual([
      [1000, [1, 2], [1, 2]],
      // The marker that the second one has ended.
      [2000, [], [1, 2]],
      [3000, [], [1]],
    ]);
    const marker = new Uint32Array((disk.written[1] as TickBatch).values.buffer).slice(2);
    expect([...marker]).toEqual([2, 0x7ff00000]);
  });

  it('keeps ticks while the disk is full, gives up the oldest at the bound, and goes on by itself', async () => {
    const disk = new FakeDisk();
    const { clock, tick, writer } = writerOn(disk);
    disk.full = true;
    tick(1, [one]);
    await clock.advance(1);
    expect(writer.healthy).toBe(false);
    tick(2, [one, seriesOf(2)]);
    for (let at = 3; at <= 400; at++) tick(at, [one, seriesOf(2)]);
    disk.full = false;
    await clock.advance(5_000);
    await writer.settled();
    expect(writer.healthy).toBe(true);
    const times = disk.written.map(({ atMs }) => atMs / 1000);
    expect(times.length).toBeLessThanOrEqual(151);
    expect(times.at(-1)).toBe(400);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // Nothing is written of a series that was not told of before.
    const told = new Set<number>();
    for (const { series, ids } of disk.written) {
      for (const { id } of series) told.add(id);
      for (const id of ids) expect(told).toContain(id);
    }
  });

  it('does not count as lost what a worker had written before it died, and tells the next one of every series', async () => {
    const disk = new FakeDisk();
    const counted: unknown[] = [];
    const { clock, tick, writer } = writerOn(disk);
    writer.measure(countingMeter(counted));
    disk.diesAfterWriting = true;
    tick(1, [one]);
    tick(2, [one]);
    await clock.advance(1);
    expect(writer.healthy).toBe(false);
    writer.diskRestarted();
    disk.diesAfterWriting = false;
    disk.late = 1;
    await clock.advance(1_000);
    tick(3, [one]);
    await writer.settled();
    expect(counted).toEqual([]);
    expect(disk.written.at(-1)).toMatchObject({ atMs: 3000, series: [{ id: 1 }] });
    disk.late = 1;
    tick(4, [one]);
    await writer.settled();
    expect(counted).toEqual([1]);
  });

  it('tells of every series again when the disk has lost them', async () => {
    const disk = new FakeDisk();
    const { tick, writer } = writerOn(disk);
    tick(1, [one]);
    await writer.settled();
    disk.headLost = true;
    tick(2, [one]);
    await writer.settled();
    disk.headLost = false;
    tick(3, [one]);
    await writer.settled();
    expect(disk.written.map(({ series }) => series.length)).toEqual([1, 0, 1]);
  });

  it('sends samples of times of their own beside the tick that comes next', async () => {
    const disk = new FakeDisk();
    const { memory, tick, writer } = writerOn(disk);
    tick(1, [one]);
    memory.append(seriesOf(7), 1_400, 5);
    tick(2, [one]);
    memory.appendRuleSamples(1_000, [{ series: seriesOf(8), value: 3 }]);
    tick(3, [one]);
    await writer.settled();
    expect(
      disk.written.map(({ pushed }) => pushed && [[...pushed.ids], [...pushed.times], [...pushed.values]]),
    ).toEqual([undefined, [[2], [1_400], [5]], [[3], [1_000], [3]]]);
  });
});
