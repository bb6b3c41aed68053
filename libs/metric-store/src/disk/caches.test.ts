import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkCache } from './chunk-cache.js';
import { HistoryDisk, type TickBatch } from './history-disk.js';
import { dayMs, hourMs, type StoredSeries } from './layout.js';
import { load, type LoadRequest } from './loading.js';
import { presentSeries } from './present-series.js';
import { runToEnd } from './recovery.js';
import { fits, SeriesCatalog } from './series-catalog.js';
import { ToldIds } from './told-series.js';

const metric = { otelName: 'a.b', name: 'a_b', type: 'gauge', unit: '', description: '' } as const;
const startMs = Date.UTC(2026, 0, 5, 20);
const stored = (id: number): StoredSeries => ({
  ...{ id, names: ['__name__', 'i', 'kind'], values: ['a_b', String(id), id % 2 === 0 ? 'even' : 'odd'], metric },
  ...(id > 100 ? { pushed: true as const } : {}),
});

/** Five minutes of ticks every ten seconds, of a few series, with a pushed sample that may be hours late. */
interface Stretch {
  readonly series: number;
  readonly lateMs: number | undefined;
}

function batches(fromMs: number, { series, lateMs }: Stretch): TickBatch[] {
  return Array.from({ length: 30 }, (_, i) => {
    const atMs = fromMs + i * 10_000;
    const ids = Uint32Array.from({ length: series }, (_each, at) => 1 + at * 40);
    return {
      ...{ atMs, ids, series: [...ids, 101].map(stored) },
      values: Float64Array.from(ids, (id) => id + ((atMs / 1000) % 997) / 100),
      ...(lateMs === undefined || i > 0
        ? {}
        : {
            pushed: {
              ...{ ids: Uint32Array.of(101), times: Float64Array.of(atMs - lateMs) },
              values: Float64Array.of(atMs),
            },
          }),
    };
  });
}

const stretches = fc.array(
  fc.record({
    series: fc.integer({ min: 1, max: 4 }),
    lateMs: fc.option(fc.integer({ min: 1, max: 3 * hourMs }), { nil: undefined }),
  }),
  { minLength: 10, maxLength: 14 },
);
const terms = fc.constantFrom(
  [{ name: '__name__', value: 'a_b', not: false }],
  [{ name: 'kind', value: 'odd', not: false }],
  [{ name: 'kind', value: 'odd', not: true }],
  [
    { name: 'missing', value: '', not: false },
    { name: 'i', value: '1', not: true },
  ],
);
const questions = fc.array(
  fc.record({
    kind: fc.constantFrom<LoadRequest['kind']>('raw', 'rollup', 'total'),
    from: fc.integer({ min: -3600, max: 6 * 3600 }),
    length: fc.integer({ min: 1, max: 6 * 3600 }),
    grid: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
    terms,
  }),
  { minLength: 1, maxLength: 3 },
);

describe('what reading keeps in memory', { timeout: 120_000 }, () => {
  it('changes no answer, whatever is written, closed again or dropped in between', () => {
    fc.assert(
      fc.property(stretches, questions, fc.boolean(), (all, asked, dropping) => {
        const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'tapewatch-caches-')));
        const rawMs = dropping ? 2 * hourMs : 7 * dayMs;
        const disks = folders.map((folder, i) => {
          const options = { folder, keepBlocksMs: hourMs, rawMs, rollupMs: 90 * dayMs, caches: i === 0 };
          const disk = new HistoryDisk(options, ({ reason }) => expect.fail(reason));
          disk.open(startMs);
          return disk;
        });
        try {
          for (const [i, stretch] of all.entries()) {
            // Over midnight, and with steps of an hour so that hours close.
            const fromMs = startMs + i * 30 * 60_000;
            const answers = disks.map((disk) => {
              disk.append(batches(fromMs, stretch));
              const due = disk.due();
              if (due !== undefined) runToEnd(due);
              return asked.map((question) => answersOf(disk, question));
            });
            expect(answers[0]).toEqual(answers[1]);
          }
          expect(disks[1]?.files.chunks.bytes).toBe(0);
        } finally {
          for (const disk of disks) disk.close();
          for (const folder of folders) rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 12 },
    );
  });

  function answersOf(
    disk: HistoryDisk,
    question: typeof questions extends fc.Arbitrary<readonly (infer T)[]> ? T : never,
  ) {
    const { kind, from, length, grid } = question;
    const fromMs = startMs + from * 1000;
    const request = { kind, fromMs, toMs: fromMs + length * 1000, selectors: [question.terms] };
    const { found } = runToEnd(
      load(disk.files, {
        ...{ ...request, maxSeries: 100, maxSamples: 1e9 },
        ...(grid === undefined ? {} : { grid: { firstMs: fromMs, stepMs: grid * 1000 } }),
      }),
    );
    const present = runToEnd(presentSeries(disk.files, request)).map(({ series }) => series.map(({ id }) => id));
    return { found, present };
  }
});

describe('ChunkCache', () => {
  const chunk = (): Uint8Array => new Uint8Array(1000);

  it('stays within its bound, and gives up what was least lately asked for', () => {
    const cache = new ChunkCache(5000);
    for (let key = 0; key < 3; key++) cache.keep('a', key, [key], new Map([[key, chunk()]]));
    expect(cache.find('a', 0, new Set([0]))?.size).toBe(1);
    cache.keep('a', 3, [3], new Map([[3, chunk()]]));
    expect(cache.bytes).toBeLessThanOrEqual(5000);
    expect([0, 1, 2, 3].map((key) => cache.find('a', key, new Set([key])) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('knows what a row lacks, and says nothing of what it does not know', () => {
    const cache = new ChunkCache(5000);
    cache.keep('a', 1, [1, 2], new Map([[1, chunk()]]));
    expect(cache.find('a', 1, new Set([1, 3]))?.size).toBe(1);
    expect(cache.find('a', 1, new Set([1, 2]))).toBeUndefined();
    expect(cache.find('b', 1, new Set([1]))).toBeUndefined();
    cache.keep('b', 1, undefined, new Map());
    expect(cache.find('b', 1, new Set([1]))?.size).toBe(0);
    cache.forget('a', 1);
    cache.forgetFile('b');
    expect(cache.bytes).toBe(0);
  });
});

describe('SeriesCatalog', () => {
  const all = Array.from({ length: 40 }, (_, i) => stored(i + 1));

  it('finds what a look at each finds, whatever it may keep', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 25, 45, 1000),
        fc.array(fc.tuple(fc.nat(3), terms), { maxLength: 20 }),
        (most, asked) => {
          const catalog = new SeriesCatalog(most);
          for (const [file, wanted] of asked) {
            const ofFile = all.filter(({ id }) => id % (file + 1) === 0);
            expect(catalog.find(String(file), wanted, () => ofFile)).toEqual(
              ofFile.filter((each) => fits(each, wanted)),
            );
          }
        },
      ),
    );
  });

  it('reads a file once, and again when it has changed', () => {
    const catalog = new SeriesCatalog(1000);
    let reads = 0;
    const read = (): readonly StoredSeries[] => (reads++, all);
    for (let i = 0; i < 3; i++) catalog.find('a', [], read);
    expect(reads).toBe(1);
    catalog.forget('a');
    catalog.find('a', [], read);
    expect(reads).toBe(2);
  });

  it('does not mix up names should an id come twice', () => {
    const catalog = new SeriesCatalog(1000);
    const other = { ...stored(1), values: ['a_b', '1', 'another'] };
    catalog.find('a', [], () => [stored(1)]);
    expect(catalog.find('b', [{ name: 'kind', value: 'another', not: false }], () => [other])).toEqual([other]);
    catalog.forget('b');
    expect(catalog.find('a', [], () => [])).toEqual([stored(1)]);
  });
});

describe('ToldIds', () => {
  it('tells of each series once, and of all anew when they have become many', () => {
    const told = new ToldIds();
    expect(told.tell([stored(1), stored(1), stored(2)])).toEqual({ series: [stored(1), stored(2)], anew: false });
    expect(told.tell([stored(2), stored(3)])).toEqual({ series: [stored(3)], anew: false });
    const many = Array.from({ length: 20_000 }, (_, i) => stored(i + 1000));
    expect(told.tell([stored(1), ...many])).toMatchObject({ anew: true, series: { length: 20_001 } });
  });
});
