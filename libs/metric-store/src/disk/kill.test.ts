import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectHistory } from '../inspect-history.js';
import { killSeries, killStepMs, killValue } from '../testing/appending-process.js';
import { HistoryDisk } from './history-disk.js';
import { catalog } from './catalog.js';
import { readSeries } from './reading.js';
import { runToEnd } from './recovery.js';

const kills = 50;
const startMs = Date.UTC(2026, 0, 5, 10);

describe('a history whose process is killed', { timeout: 600_000 }, () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-kill-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Lets a process append for a while, kills it, and gives the last tick that it said was on the disk. */
  async function appendAndKill(fromMs: number, afterMs: number): Promise<number> {
    const child = fork(join(import.meta.dirname, '..', 'testing', 'appending-process.ts'), [folder, String(fromMs)]);
    let acknowledged = fromMs - killStepMs;
    child.on('message', (atMs: number) => (acknowledged = atMs));
    await once(child, 'message');
    await sleep(afterMs);
    child.kill('SIGKILL');
    await once(child, 'close');
    return acknowledged;
  }

  const open = (nowMs: number): { readonly disk: HistoryDisk; readonly lastTickMs: number } => {
    const options = { folder, keepBlocksMs: 7_200_000, rawMs: 604_800_000, rollupMs: 604_800_000 };
    const disk = new HistoryDisk(options, (report) => expect.fail(report.reason));
    return { disk, lastTickMs: disk.open(nowMs).lastTickMs as number };
  };

  it(`has every tick that was acknowledged, exactly, and at most one more, ${kills} times`, async () => {
    const forever = startMs + 365 * 86_400_000;
    let fromMs = startMs;
    for (let kill = 0; kill < kills; kill++) {
      const acknowledged = await appendAndKill(fromMs, (kill * 37) % 120);
      const { disk, lastTickMs } = open(forever);
      disk.close();
      expect([acknowledged, acknowledged + killStepMs]).toContain(lastTickMs);
      fromMs = lastTickMs + killStepMs;
    }
    const { disk } = open(forever);
    const parts = runToEnd(catalog(disk.files, 'raw', 0, Infinity, [[]]));
    const request = parts.map(({ dayStartMs, series }) => ({
      ids: series.map(({ id }) => id),
      ...(dayStartMs === undefined ? {} : { dayStartMs }),
    }));
    const all = { kind: 'raw', fromMs: 0, toMs: Infinity, parts: request, maxSamples: 1e9 } as const;
    const times = new Map<number, number[]>();
    for (const { id, raw } of runToEnd(readSeries(disk.files, all))) {
      raw?.times.forEach((atMs, i) => expect(raw.values[i]).toBe(killValue(id, atMs)));
      times.set(id, [...(times.get(id) ?? []), ...(raw?.times ?? [])]);
    }
    disk.close();
    const wanted = Array.from({ length: (fromMs - startMs) / killStepMs }, (_, i) => startMs + i * killStepMs);
    expect(times.size).toBe(killSeries);
    for (const found of times.values()) expect(found.sort((a, b) => a - b)).toEqual(wanted);
    for (const file of inspectHistory(folder, { verify: true }))
      expect(file).toMatchObject({ damagedRows: 0, kind: expect.stringMatching(/head|raw|rollup/) as unknown });
  });
});
