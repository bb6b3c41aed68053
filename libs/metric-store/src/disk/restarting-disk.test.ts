import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNoopMeter } from '@opentelemetry/api';
import { Labels } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { HistoryWriter } from '../history-writer.js';
import { MemoryStore } from '../memory-store.js';
import { DiskGoneError } from './disk-client.js';
import { RestartingDisk } from './restarting-disk.js';

const startMs = Date.UTC(2026, 0, 5, 10);
const metric = { otelName: 'a', name: 'a', type: 'gauge', unit: '', description: '' } as const;
const series = [1, 2].map((i) => ({ metric, labels: Labels.of({ __name__: 'a', i: String(i) }) }));

describe('RestartingDisk', { timeout: 30_000 }, () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function opened() {
    const folder = await mkdtemp(join(tmpdir(), 'tapewatch-restart-'));
    const [clock, logger] = [new FakeClock(startMs + 600_000), new RecordingLogger()];
    let restarted = Promise.withResolvers<void>();
    const disk = new RestartingDisk({
      settings: { folder, keepBlocksMs: 7_200_000, rawMs: 604_800_000, rollupMs: 604_800_000 },
      events: {
        damaged: () => undefined,
        trouble: () => undefined,
        restarted: () => {
          writer.diskRestarted();
          restarted.resolve();
        },
      },
      ...{ clock, logger },
    });
    ends.push(
      () => rm(folder, { recursive: true, force: true }),
      () => disk.close(),
    );
    const { nextId } = await disk.call('open', [clock.now()]);
    const writer: HistoryWriter = new HistoryWriter({ disk, nextId, clock, logger });
    writer.measure(createNoopMeter());
    const memory = new MemoryStore({ retentionMs: 3_600_000, budgetBytes: 2 ** 27, logger }, writer);
    const tick = (i: number): void => {
      memory.accept({ at: startMs + i * 1000, series, values: [i, -i] });
      writer.flush();
    };
    /** No call has this form, so serving it is an error that nobody catches. */
    const kill = (): Promise<unknown> => disk.call('load', undefined as never);
    const nextRestart = async (): Promise<void> => {
      await restarted.promise;
      restarted = Promise.withResolvers<void>();
    };
    const stored = async (): Promise<number[]> => {
      const selectors = [[{ name: 'i', value: '2', not: false }]];
      const limits = { maxSeries: 10, maxSamples: 1e6 };
      const { raw } = await disk.call('load', [{ kind: 'raw', fromMs: 0, toMs: startMs + 1e6, selectors, ...limits }]);
      return [...raw.values];
    };
    return { disk, clock, logger, writer, tick, kill, nextRestart, stored };
  }

  it('keeps the ticks of the time without a worker, and writes them when there is one again', async () => {
    const { disk, clock, writer, tick, kill, nextRestart, stored } = await opened();
    for (let i = 1; i <= 3; i++) tick(i);
    await writer.settled();
    await expect(kill()).rejects.toBeInstanceOf(DiskGoneError);
    expect(disk.running).toBe(false);
    for (let i = 4; i <= 8; i++) tick(i);
    await expect(stored()).rejects.toBeInstanceOf(DiskGoneError);
    await clock.advance(1_000);
    await nextRestart();
    expect(disk.running).toBe(true);
    await clock.advance(2_000);
    tick(9);
    await writer.settled();
    expect(writer.healthy).toBe(true);
    expect(await stored()).toEqual([-1, -2, -3, -4, -5, -6, -7, -8, -9]);
  });

  it('writes what was on its way to the worker that died', async () => {
    const { clock, writer, tick, kill, nextRestart, stored } = await opened();
    tick(1);
    const killed = kill();
    tick(2);
    await expect(killed).rejects.toBeInstanceOf(DiskGoneError);
    await clock.advance(1_000);
    await nextRestart();
    await clock.advance(2_000);
    await writer.settled();
    expect(await stored()).toEqual([-1, -2]);
  });

  it('waits longer before each restart that does not last, and a second again after one that did', async () => {
    const { clock, logger, kill, nextRestart } = await opened();
    const pauses = (): unknown[] => logger.lines.flatMap(({ fields }) => fields['pauseMs'] ?? []);
    for (const pause of [1_000, 2_000, 4_000]) {
      await expect(kill()).rejects.toBeInstanceOf(DiskGoneError);
      await clock.advance(pause);
      await nextRestart();
    }
    await clock.advance(300_000);
    await expect(kill()).rejects.toBeInstanceOf(DiskGoneError);
    expect(pauses()).toEqual([1_000, 2_000, 4_000, 1_000]);
  });

  it('starts no other one once it is closed', async () => {
    const { disk, clock, kill } = await opened();
    await expect(kill()).rejects.toBeInstanceOf(DiskGoneError);
    await disk.close();
    expect(clock.pendingTimers).toBe(0);
    expect(disk.running).toBe(false);
  });
});
