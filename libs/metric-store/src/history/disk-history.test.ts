import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tick } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterAll, expect } from 'vitest';
import { openMetricStore, type MetricStore } from '../index.js';
import { describeHistoryReader, describeTotalsReader } from '../testing/history-reader-contract.js';

const folders: string[] = [];
const stores: MetricStore[] = [];

afterAll(async () => {
  await Promise.all(stores.splice(0).map((store) => store.stop()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function folderOf(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapewatch-history-'));
  folders.push(folder);
  return folder;
}

async function open(folder: string, nowMs: number, retentionMs: number): Promise<MetricStore> {
  const store = await openMetricStore({
    retentionMs,
    budgetBytes: 2 ** 27,
    history: { folder, rawMs: 7 * 86_400_000, rollupMs: 90 * 86_400_000 },
    clock: new FakeClock(nowMs),
    logger: new RecordingLogger(),
  });
  stores.push(store);
  return store;
}

async function take(store: MetricStore, ticks: readonly Tick[]): Promise<void> {
  for (const [i, tick] of ticks.entries()) {
    store.memory.accept(tick);
    store.flush();
    if (i % 100 === 99) await store.settled();
  }
  await store.settled();
}

/** The contract asks for the same ticks again and again; syncing each of them to the disk once is enough. */
function once(make: (ticks: readonly Tick[]) => Promise<MetricStore['history']>): typeof make {
  let made: ReturnType<typeof make> | undefined;
  return (ticks) => (made ??= make(ticks));
}

const asFilled = once(async (ticks) => {
  const store = await open(await folderOf(), ticks[0]?.at as number, 60_000);
  await take(store, ticks);
  return store.history;
});

const afterStart = once(async (ticks) => {
  const folder = await folderOf();
  const first = await open(folder, ticks[0]?.at as number, 60_000);
  await take(first, ticks);
  expect(await readdir(folder)).toContain('raw-2026-01-05.db');
  await first.stop();
  return (await open(folder, (ticks.at(-1)?.at as number) + 500, 60_000)).history;
});

describeHistoryReader('memory and disk, as they are filled', asFilled);
describeTotalsReader('memory and disk, as they are filled', asFilled);
describeHistoryReader('memory and disk, after a start', afterStart);
describeTotalsReader('memory and disk, after a start', afterStart);
