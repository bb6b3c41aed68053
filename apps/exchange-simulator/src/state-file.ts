import { readFileSync, renameSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Log } from './log.js';
import { messageOf } from './log.js';
import type { Instrument } from './market/instrument.js';
import type { EngineSnapshot } from './market/price-engine.js';

const formatVersion = 1;

const amount = z.int().nonnegative();
const positive = z.int().positive();

const bucketSchema = z
  .tuple([positive, positive, positive, amount, z.string().regex(/^\d{1,40}$/), amount])
  .transform(([openTicks, highTicks, lowTicks, volumeSteps, turnover, trades]) => ({
    openTicks,
    highTicks,
    lowTicks,
    volumeSteps,
    turnover: BigInt(turnover),
    trades,
  }));

const instrumentSchema = z.object({
  price: z.number().positive(),
  numbers: z
    .object({
      lastTicks: positive,
      bidTicks: positive,
      askTicks: positive,
      lastSteps: positive,
      bidSteps: positive,
      askSteps: positive,
      lastTradeId: positive,
    })
    .refine(({ bidTicks, lastTicks, askTicks }) => bidTicks < lastTicks && lastTicks < askTicks, 'bid < last < ask'),
  window: z.object({ secondsInLast: amount, buckets: z.array(bucketSchema).min(1).max(200) }),
});

const stateSchema = z
  .object({
    version: z.literal(formatVersion),
    seed: amount,
    randomState: amount,
    steps: amount,
    instruments: z.record(z.string(), instrumentSchema),
  })
  .transform(({ seed, randomState, steps, instruments }) => ({ seed, randomState, steps, instruments }));

/**
 * The walk on disk. A file that cannot be used is set aside, never overwritten and never fatal. While it is held, the file is
 * only read.
 */
export class StateFile {
  readonly #path: string;
  readonly #log: Log;
  #writing: Promise<void> | undefined;
  #failing = false;
  #held: boolean;
  /** Why the file shall be set aside once it is no longer held. */
  #unusable: string | undefined;

  constructor(path: string, log: Log, held = false) {
    this.#path = path;
    this.#log = log;
    this.#held = held;
  }

  /** Ends the hold. */
  keep(): void {
    this.#held = false;
    if (this.#unusable !== undefined) this.#setAside(this.#unusable);
    this.#unusable = undefined;
  }

  /** The stored walk of these instruments and this seed; undefined to begin anew. For the start only: it blocks. */
  load(instruments: readonly Instrument[], seed: number): EngineSnapshot | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      return this.#setAside(`cannot be read: ${messageOf(error)}`);
    }
    const snapshot = decode(text);
    if (snapshot === undefined) return this.#setAside('is damaged');
    const missing = instruments.find(({ id }) => snapshot.instruments[id] === undefined);
    if (missing !== undefined) return this.#setAside(`has no ${missing.id}`);
    if (snapshot.seed !== seed) return this.#setAside(`belongs to seed ${snapshot.seed}, not ${seed}`);
    return snapshot;
  }

  /**
   * Replaces the file in one step, so that a kill at any moment leaves the old or the new state. Not forced to the disk: what a
   * power cut damages is set aside at the next start. Skipped while the write before is under way. Never rejects.
   */
  async save(snapshot: EngineSnapshot): Promise<void> {
    if (this.#held || this.#writing !== undefined) return;
    this.#writing = this.#write(encode(snapshot));
    await this.#writing;
    this.#writing = undefined;
  }

  /** As `save`, but waits for the write before instead of giving way to it. */
  async saveLast(snapshot: EngineSnapshot): Promise<void> {
    if (this.#held) return;
    await this.#writing;
    await this.#write(encode(snapshot));
  }

  async #write(text: string): Promise<void> {
    const temporary = `${this.#path}.new`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(temporary, text);
      await rename(temporary, this.#path);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log(`the state cannot be written to ${this.#path}: ${messageOf(error)}`);
      this.#failing = true;
    }
  }

  #setAside(reason: string): undefined {
    if (this.#held) {
      this.#unusable = reason;
      return undefined;
    }
    const aside = `${this.#path}.damaged`;
    try {
      renameSync(this.#path, aside);
      this.#log(`the state file ${this.#path} ${reason}; it was moved to ${aside} and a new walk begins`);
    } catch (error) {
      this.#log(
        `the state file ${this.#path} ${reason} and cannot be moved away (${messageOf(error)}); a new walk begins`,
      );
    }
    return undefined;
  }
}

function encode(snapshot: EngineSnapshot): string {
  const instruments = Object.entries(snapshot.instruments).map(([id, { price, numbers, window }]) => {
    const buckets = window.buckets.map((bucket) => [
      bucket.openTicks,
      bucket.highTicks,
      bucket.lowTicks,
      bucket.volumeSteps,
      String(bucket.turnover),
      bucket.trades,
    ]);
    return [id, { price, numbers, window: { secondsInLast: window.secondsInLast, buckets } }] as const;
  });
  return JSON.stringify({ version: formatVersion, ...snapshot, instruments: Object.fromEntries(instruments) });
}

function decode(text: string): EngineSnapshot | undefined {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
