import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Samples } from '../codec/samples.js';
import { MinuteColumns, type MinuteArrays } from '../history/minute-summary.js';
import { inspectHistory } from '../inspect-history.js';
import { HistoryDisk, type HistoryDiskOptions, type TickBatch } from './history-disk.js';
import type { DamageReport } from './history-files.js';
import { dayMs, hourMs, type StoredSeries } from './layout.js';
import { catalog } from './catalog.js';
import { countSeconds, readSeries, type ReadKind, type ReadSeries } from './reading.js';
import { DamagedFileError } from './sqlite-file.js';
import { runsOf } from './recovered-page.js';
import { recover, runToEnd } from './recovery.js';

const metric = { otelName: 'a.b', name: 'a_b', type: 'gauge', unit: '', description: '' } as const;
const startMs = Date.UTC(2026, 0, 5, 10);
const seriesCount = 70;
const stepMs = 10_000;

const stored = (id: number): StoredSeries => ({ id, names: ['__name__', 'i'], values: ['a_b', String(id)], metric });
const valueAt = (id: number, atMs: number): number => id * 1000 + ((atMs / 1000) % 977) / 100;

/** A tick of the series from `first` on. */
function batch(atMs: number, first = 1, count = seriesCount, known = false): TickBatch {
  const ids = Uint32Array.from({ length: count }, (_, i) => first + i);
  return {
    atMs,
    series: known ? [] : Array.from(ids, stored),
    ids,
    values: Float64Array.from(ids, (id) => valueAt(id, atMs)),
  };
}

function openDisk(
  folder: string,
  damaged: (report: DamageReport) => void = () => undefined,
  options: Partial<HistoryDiskOptions> = {},
): HistoryDisk {
  const disk = new HistoryDisk(
    { folder, keepBlocksMs: 2 * hourMs, rawMs: 7 * dayMs, rollupMs: 90 * dayMs, ...options },
    damaged,
  );
  disk.open(startMs + 100 * dayMs);
  return disk;
}

function append(disk: HistoryDisk, batches: readonly TickBatch[]): void {
  for (let i = 0; i < batches.length; i += 50) {
    disk.append(batches.slice(i, i + 50));
    const due = disk.due();
    if (due !== undefined) runToEnd(due);
  }
}

function readAll(disk: HistoryDisk, kind: ReadKind, fromMs: number, toMs: number): Map<string, ReadSeries[]> {
  const parts = runToEnd(
    catalog(disk.files, kind === 'raw' ? 'raw' : 'rollup', fromMs, toMs, [
      [{ name: '__name__', value: 'a_b', not: false }],
    ]),
  );
  const request = parts.map(({ dayStartMs, series }) => ({
    ids: series.map(({ id }) => id),
    ...(dayStartMs === undefined ? {} : { dayStartMs }),
  }));
  const found = new Map<string, ReadSeries[]>();
  for (const piece of runToEnd(readSeries(disk.files, { kind, fromMs, toMs, parts: request, maxSamples: 1e9 }))) {
    const name = parts[piece.part]?.series.find(({ id }) => id === piece.id)?.values[1] as string;
    found.set(name, [...(found.get(name) ?? []), piece]);
  }
  return found;
}

describe('HistoryDisk', { timeout: 120_000 }, () => {
  let whole: string;
  const ticks = Array.from({ length: 700 }, (_, i) => startMs + i * stepMs);
  const folders: string[] = [];
  const folderOf = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'tapewatch-disk-'));
    folders.push(folder);
    return folder;
  };

  beforeAll(async () => {
    whole = await folderOf();
    const disk = openDisk(whole);
    append(
      disk,
      ticks.map((at, i) => batch(at, 1, seriesCount, i > 0)),
    );
    disk.close();
  });
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  it('gives every sample back once, from days, blocks and the tick log', () => {
    const disk = openDisk(whole);
    for (const [name, pieces] of readAll(disk, 'raw', 0, Infinity)) {
      const times = pieces.flatMap(({ raw }) => [...(raw?.times ?? [])]).sort((a, b) => a - b);
      expect(times).toEqual(ticks);
      for (const { raw } of pieces)
        raw?.times.forEach((at, i) => expect(raw.values[i]).toBe(valueAt(Number(name), at)));
    }
    expect(countSeconds(disk.files, startMs, startMs + hourMs)).toBe(360);
    expect(disk.files.days('raw')).toHaveLength(1);
    disk.close();
  });

  it('never gives a wrong value, whatever bit of its files has turned', async () => {
    const folder = await folderOf();
    const names = (await readdir(whole)).filter((name) => name.endsWith('.db'));
    const contents = new Map(
      await Promise.all(names.map(async (name) => [name, await readFile(join(whole, name))] as const)),
    );
    let losses = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
        async (name, at) => {
          for (const left of await readdir(folder)) await rm(join(folder, left));
          for (const [file, bytes] of contents) await writeFile(join(folder, file), bytes);
          const turned = Buffer.from(contents.get(name) as Buffer);
          for (const bit of at) {
            const place = Math.floor(bit / 8) % turned.length;
            turned[place] = (turned[place] as number) ^ (1 << (bit % 8));
          }
          await writeFile(join(folder, name), turned);
          let reports = 0;
          const disk = openDisk(folder, () => reports++);
          let samples = 0;
          for (const [label, pieces] of readAll(disk, 'raw', 0, Infinity)) {
            for (const { raw } of pieces) {
              raw?.times.forEach((time, i) => expect(raw.values[i]).toBe(valueAt(Number(label), time)));
              samples += raw?.times.length ?? 0;
            }
          }
          readAll(disk, 'rollup', 0, startMs + dayMs);
          readAll(disk, 'total', 0, startMs + dayMs);
          disk.close();
          if (samples < ticks.length * seriesCount) losses++;
          expect(samples).toBeLessThanOrEqual(ticks.length * seriesCount);
        },
      ),
      // One bit of the schema's text makes a column another: SQLite calls that a logic error, not damage.
      { numRuns: 30, examples: [['raw-2026-01-05.db', [1764785159, 256]]] },
    );
    // Else no bit was in the way of anything, and nothing was tried.
    expect(losses).toBeGreaterThan(0);
  });

  it('sets a file that was cut off aside by its name, and serves the rest', async () => {
    const folder = await folderOf();
    await cp(whole, folder, { recursive: true });
    const raw = 'raw-2026-01-05.db';
    await truncate(join(folder, raw), 5000);
    const reports: DamageReport[] = [];
    const disk = openDisk(folder, (report) => reports.push(report));
    const rest = readAll(disk, 'raw', 0, Infinity);
    expect(rest.size).toBe(seriesCount);
    expect(readAll(disk, 'total', 0, startMs + hourMs).size).toBe(seriesCount);
    expect(reports).toMatchObject([{ file: join(folder, raw), aside: expect.stringMatching(/\.damaged-/) as unknown }]);
    expect(await readdir(folder)).toContainEqual(expect.stringMatching(/^raw-2026-01-05\.db\.damaged-/));
    disk.close();
    expect([...inspectHistory(folder, { verify: true })].map(({ kind }) => kind)).toContain('set aside');
  });

  it('goes on with a new head when its own cannot be read', async () => {
    const folder = await folderOf();
    await cp(whole, folder, { recursive: true });
    await writeFile(join(folder, 'head.db'), Buffer.alloc(8192, 7));
    const reports: DamageReport[] = [];
    const disk = openDisk(folder, (report) => reports.push(report));
    const at = startMs + 3 * hourMs;
    expect(disk.append([batch(at, 500, 2)])).toEqual({ late: 0, headReplaced: false });
    expect(reports[0]?.file).toBe(join(folder, 'head.db'));
    expect(readAll(disk, 'raw', at - 1, at).size).toBe(2);
    expect(disk.open(at).nextId).toBe(502);
    disk.close();
  });

  it('gives no wrong value and keeps what is in days, whichever page of its head is damaged', async () => {
    const folder = await folderOf();
    const head = await readFile(join(whole, 'head.db'));
    const pageSize = head.readUInt16BE(16);
    const later = (atMs: number, id: number): TickBatch => ({
      atMs,
      series: [{ ...stored(id), values: ['a_b', 'later'] }],
      ids: Uint32Array.of(id),
      values: Float64Array.of(-1),
    });
    const check = (name: string, { times, values }: Samples): void => {
      times.forEach((at, i) => {
        const wanted = name === 'later' ? -1 : valueAt(Number(name), at);
        if (values[i] !== wanted) expect.fail(`${name} is ${values[i]} at ${at}`);
      });
    };
    const checkAll = (disk: HistoryDisk): void => {
      let inClosedHour = 0;
      for (const [name, pieces] of readAll(disk, 'raw', 0, Infinity)) {
        for (const { raw } of pieces) {
          if (raw === undefined) continue;
          check(name, raw);
          inClosedHour += raw.times.filter((at) => at < startMs + hourMs).length;
        }
      }
      expect(inClosedHour).toBe((seriesCount * hourMs) / stepMs);
      expect(readAll(disk, 'total', startMs, startMs + hourMs).size).toBe(seriesCount);
      expect(countSeconds(disk.files, startMs, startMs + hourMs)).toBe(hourMs / stepMs);
    };
    const set = { whole: 0, aside: 0, cutShort: 0 };
    const pages = head.length / pageSize;
    for (let page = 0; page < pages; page++) {
      await rm(folder, { recursive: true });
      await cp(whole, folder, { recursive: true });
      await writeFile(join(folder, 'head.db'), Buffer.from(head).fill(0, page * pageSize, page * pageSize + 16));
      let aside = 0;
      let disk = openDisk(folder, ({ file }) => (aside += file === undefined ? 0 : 1));
      const names = new Map<number, string>();
      const pieces = recover(disk.files, startMs, startMs + 4 * hourMs);
      for (;;) {
        const { done, value } = pieces.next();
        if (done === true) {
          if (value.cutShort) set.cutShort++;
          break;
        }
        for (const text of value.texts) {
          const { id, values } = JSON.parse(text) as StoredSeries;
          names.set(id, values[1] ?? '');
        }
        for (const { id, startMs: at, length, values } of runsOf(value)) {
          expect([1, length]).toContain(values.length);
          check(names.get(id) ?? '', { times: Float64Array.from(values, (_, i) => at + i * 1000), values });
        }
        for (const { id, samples } of value.uneven) check(names.get(id) ?? '', samples);
      }
      checkAll(disk);
      const at = startMs + 2 * hourMs;
      const { nextId } = disk.open(at);
      append(disk, [later(at, nextId), later(at + hourMs, nextId)]);
      disk.append([later(at + hourMs + 1000, nextId)]);
      checkAll(disk);
      disk.close();
      disk = openDisk(folder);
      checkAll(disk);
      expect(disk.open(at + hourMs).nextId).toBeGreaterThan(nextId);
      disk.close();
      expect(aside).toBeLessThan(2);
      set[aside === 0 ? 'whole' : 'aside']++;
    }
    expect(set.aside).toBeGreaterThan(0);
    expect(set.cutShort).toBeGreaterThan(0);
  });

  it('tells the next append that a read has set the head aside, and gives no id again', async () => {
    const folder = await folderOf();
    const disk = openDisk(folder);
    disk.append([batch(startMs, 1, 3)]);
    disk.files.putAway(new DamagedFileError(join(folder, 'head.db'), new Error('as a read would find it')));
    expect(disk.append([batch(startMs + 1000, 1, 3, true)])).toEqual({ late: 0, headReplaced: true });
    expect(disk.append([batch(startMs + 2000, 1, 3)])).toEqual({ late: 0, headReplaced: false });
    disk.append([batch(startMs + 3000, 9, 1)]);
    disk.files.putAway(new DamagedFileError(join(folder, 'head.db'), new Error('as a read would find it')));
    disk.append([batch(startMs + 4000, 9, 1, true)]);
    expect(disk.open(startMs + 5000).nextId).toBe(10);
    disk.close();
  });

  it('makes files that its user alone can read', async () => {
    const folder = await folderOf();
    const disk = openDisk(folder);
    disk.append([batch(startMs, 1, 3)]);
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    disk.close();
  });

  it('takes no tick of a time that has passed, and says so', async () => {
    const disk = openDisk(await folderOf());
    expect(disk.append([batch(startMs), batch(startMs - 1000), batch(startMs + 1000)])).toMatchObject({ late: 1 });
    expect(disk.append([batch(startMs)])).toMatchObject({ late: 1 });
    disk.close();
  });

  it('puts pushed samples that come late where they belong, in an hour that is closed, too', async () => {
    const disk = openDisk(await folderOf());
    const tick = (atMs: number): TickBatch => batch(atMs, 1, 1, atMs > startMs);
    append(
      disk,
      Array.from({ length: 400 }, (_, i) => tick(startMs + i * stepMs)),
    );
    const late = startMs + hourMs - 2_500;
    const now = startMs + 400 * stepMs;
    disk.append([
      {
        ...tick(now),
        series: [{ ...stored(9), pushed: true }],
        pushed: { ids: Uint32Array.of(9, 9), times: Float64Array.of(late, now - 500), values: Float64Array.of(1, 2) },
      },
    ]);
    const timesOf = (): number[] =>
      (readAll(disk, 'raw', 0, Infinity).get('9') ?? []).flatMap(({ raw }) => [...(raw?.times ?? [])]);
    append(
      disk,
      Array.from({ length: 500 }, (_, i) => tick(now + (i + 1) * stepMs)),
    );
    expect(timesOf().sort((a, b) => a - b)).toEqual([late, now - 500]);
    const [total] = readAll(disk, 'total', startMs, startMs + hourMs).get('1') ?? [];
    expect(total?.total).toMatchObject({ count: 360 });
    disk.close();
  });

  it('sums up minutes and hours as the samples say', async () => {
    const value = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 100) },
      { weight: 2, arbitrary: fc.double() },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(value, { nil: undefined, freq: 5 }), { minLength: 1, maxLength: 360 }),
        async (values) => {
          const disk = openDisk(await folderOf());
          const one = new MinuteColumns();
          const batches = values.map((sample, i): TickBatch => {
            const atMs = startMs + i * stepMs;
            if (sample !== undefined) one.addSamples(Float64Array.of(atMs), Float64Array.of(sample), 1);
            const present = sample === undefined ? [] : [1];
            return {
              atMs,
              series: present.map(stored),
              ids: Uint32Array.from(present),
              values: Float64Array.of(...(sample === undefined ? [] : [sample])),
            };
          });
          append(disk, [...batches, batch(startMs + hourMs, 1, 0)]);
          const [found] = readAll(disk, 'rollup', startMs, startMs + hourMs).get('1') ?? [];
          const wanted: MinuteArrays = one.trimmed();
          for (const column of ['startMs', 'min', 'max', 'sum', 'count', 'last'] as const)
            expect([...(found?.minutes?.[column] ?? [])]).toEqual([...wanted[column]]);
          disk.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('forgets series that are over, and days that are too old', async () => {
    const folder = await folderOf();
    const disk = openDisk(folder, undefined, { rawMs: dayMs, rollupMs: 2 * dayMs });
    let first = 1;
    // 30 hours in which every five minutes a third of the series is replaced.
    for (let at = startMs; at < startMs + 30 * hourMs; at += 150_000) {
      append(disk, [batch(at, first, 30)]);
      if (at % 300_000 === 0) first += 10;
    }
    expect(disk.files.head.seriesTexts().size).toBeLessThan(30 + 10 * 12 * 5);
    expect(disk.files.days('raw')).toHaveLength(2);
    append(disk, [batch(startMs + 3 * dayMs, first, 30)]);
    expect(disk.files.days('raw')).toEqual([]);
    expect(disk.files.days('rollup')).toHaveLength(1);
    disk.close();
  });
});
