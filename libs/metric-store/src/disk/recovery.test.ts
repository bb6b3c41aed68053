import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels, writeStale } from '@tapewatch/model';
import { SampleBuffer } from '@tapewatch/promql';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { SeriesMemory } from '../series-memory.js';
import { HistoryDisk, type TickBatch } from './history-disk.js';
import { dayMs, hourMs, type StoredSeries } from './layout.js';
import { buffersOfPage, runsOf, type RecoveredPage } from './recovered-page.js';
import { recover, runToEnd } from './recovery.js';

const metric = { otelName: 'a.b', name: 'a_b', type: 'gauge', unit: '', description: '' } as const;
const startMs = Date.UTC(2026, 0, 5, 10, 4);
/** On both sides of the edge of a page; the last two are pushed. */
const ids = [1, 62, 63, 64, 65, 200, 66, 201];
const isPushed = (id: number): boolean => id === 66 || id === 201;

/** Doubles by their bits, so that no NaN loses any: ordinary ones, other NaNs, and the marker of an end. */
const bits = fc.oneof(
  fc.double({ noNaN: true }).map((value) => bitsOf(Float64Array.of(value))),
  fc.constantFrom(0n, 1n << 63n, 0x7ff8000000000000n, 0x7ff00000000000a1n, 0xfff8000000001234n, staleBits()),
  fc.constant(bitsOf(Float64Array.of(42))),
);
/** Each of the series has a value of the list, or none where there is none. */
const tick = fc.record({
  pauseMs: fc.constantFrom(1000, 1000, 1000, 1000, 2000, 90_000),
  values: fc.array(fc.option(bits, { nil: undefined, freq: 4 }), { minLength: ids.length, maxLength: ids.length }),
  repeats: fc.integer({ min: 1, max: 40 }),
  parts: fc.boolean(),
});

describe('recover', { timeout: 120_000 }, () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  it('gives back every bit of what blocks and ticks have, in order, whatever gaps there are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tick, { minLength: 1, maxLength: 20 }), fc.boolean(), async (script, compacted) => {
        const folder = await mkdtemp(join(tmpdir(), 'tapewatch-recovery-'));
        folders.push(folder);
        const disk = new HistoryDisk({ folder, keepBlocksMs: dayMs, rawMs: dayMs, rollupMs: dayMs }, () => {
          throw new Error('nothing is damaged');
        });
        disk.open(startMs + dayMs);
        const { batches, wanted, times } = played(script);
        disk.append(batches);
        if (compacted) runToEnd(disk.due() as Generator<void>);
        const found = restored(disk);
        disk.close();
        expect(found.times).toEqual(times);
        expect(found.samples).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });
});

interface Played {
  readonly batches: TickBatch[];
  /** `time:bits` by series. */
  readonly wanted: Map<number, string[]>;
  readonly times: number[];
}

function played(script: readonly (typeof tick extends fc.Arbitrary<infer T> ? T : never)[]): Played {
  const batches: TickBatch[] = [];
  const wanted = new Map<number, string[]>();
  const times: number[] = [];
  let at = startMs;
  for (const { pauseMs, values, repeats, parts } of script) {
    for (let turn = 0; turn < repeats; turn++) {
      at += pauseMs;
      times.push(at);
      const ticked = ids.flatMap((id, i) =>
        values[i] === undefined || isPushed(id) ? [] : [[id, values[i]] as const],
      );
      const pushed = ids.flatMap((id, i) =>
        values[i] === undefined || !isPushed(id) ? [] : [[id, values[i]] as const],
      );
      const pushedAt = at - 250;
      for (const [id, value] of ticked) note(wanted, id, at, value);
      for (const [id, value] of pushed) note(wanted, id, pushedAt, value);
      const half = parts ? ticked.slice(0, 2) : ticked;
      batches.push({
        ...{ atMs: at, series: batches.length === 0 ? ids.map(stored) : [] },
        ...columns(half),
        ...(pushed.length === 0
          ? {}
          : { pushed: { ...columns(pushed), times: new Float64Array(pushed.length).fill(pushedAt) } }),
      });
      if (parts) batches.push({ atMs: at, series: [], ...columns(ticked.slice(2)) });
    }
  }
  return { batches, wanted, times };
}

function columns(pairs: readonly (readonly [id: number, bits: bigint])[]): { ids: Uint32Array; values: Float64Array } {
  const values = new Float64Array(BigUint64Array.from(pairs, ([, value]) => value).buffer);
  return { ids: Uint32Array.from(pairs, ([id]) => id), values };
}

function note(wanted: Map<number, string[]>, id: number, at: number, value: bigint): void {
  const known = wanted.get(id) ?? [];
  wanted.set(id, known);
  // A window gives a marker as it is only when asked for it, and any other NaN by its bits.
  known.push(`${at}:${value.toString(16)}`);
}

/** What memory makes of the pages, each of them moved to another thread and back. */
function restored(disk: HistoryDisk): { samples: Map<number, string[]>; times: number[] } {
  const memories = new Map<number, SeriesMemory>();
  const steps = recover(disk.files, startMs - hourMs, startMs + dayMs);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) {
      expect(value.cutShort).toBe(false);
      return {
        samples: new Map([...memories].flatMap(([id, memory]) => sampled(id, memory))),
        times: [...value.ticks],
      };
    }
    const page = structuredClone<RecoveredPage>(value, { transfer: buffersOfPage(value) });
    for (const text of page.texts) {
      const { id, names, values, pushed } = JSON.parse(text) as StoredSeries;
      memories.set(id, new SeriesMemory({ labels: Labels.fromSorted(names, values), metric }, pushed));
    }
    for (const run of runsOf(page)) memories.get(run.id)?.restoreRun(run);
    for (const { id, samples } of page.uneven) memories.get(id)?.restore(samples);
  }
}

function sampled(id: number, memory: SeriesMemory): readonly (readonly [number, string[]])[] {
  const buffer = new SampleBuffer(16);
  memory.window(-1, Number.MAX_SAFE_INTEGER, buffer, true);
  const words = new BigUint64Array(buffer.values.buffer, buffer.values.byteOffset, buffer.length);
  const samples = [...words].map((value, i) => `${buffer.times[i]}:${value.toString(16)}`);
  const plain = new SampleBuffer(16);
  memory.window(-1, Number.MAX_SAFE_INTEGER, plain);
  expect(plain.length).toBe(words.filter((value) => value !== staleBits()).length);
  return samples.length === 0 ? [] : [[id, samples]];
}

function stored(id: number): StoredSeries {
  return {
    ...{ id, names: ['__name__', 'i'], values: ['a_b', String(id)], metric },
    ...(isPushed(id) ? { pushed: true } : {}),
  };
}

function bitsOf(values: Float64Array): bigint {
  return new BigUint64Array(values.buffer)[0] as bigint;
}

function staleBits(): bigint {
  const marker = new Float64Array(1);
  writeStale(marker, 0);
  return bitsOf(marker);
}
