import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import { messageOf } from '@tapewatch/model';
import type { Clock, Logger, Timeline } from '@tapewatch/model';
import type { Collection, CollectionStage } from './collection.js';
import { TickLoop } from './tick-loop.js';
import type { TickEvent } from './tick-loop.js';
import type { TickReader } from './tick-reader.js';

export interface TickCollectorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reader: TickReader;
  readonly meter: Meter;
  readonly next: readonly CollectionStage[];
}

/** From half a millisecond, where a quiet machine is, to the second where a tick is missed. */
const boundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** On every tick: reads the meters and hands the collection to the stages. Measures itself through the same meters. */
export class TickCollector {
  readonly #options: TickCollectorOptions;
  readonly #loop: TickLoop;
  readonly #lag: Histogram;
  readonly #duration: Histogram;
  readonly #missed: Counter;
  readonly #failing = new Set<string>();
  readonly #failingStages = new Set<CollectionStage>();
  #running: Promise<void> | undefined;
  #lastAt: number | undefined;

  constructor(options: TickCollectorOptions) {
    this.#options = options;
    this.#loop = new TickLoop({ clock: options.clock, logger: options.logger, onTick: (tick) => this.#onTick(tick) });
    const advice = { explicitBucketBoundaries: boundaries };
    this.#lag = options.meter.createHistogram('tapewatch.tick.lag', {
      unit: 's',
      description: 'Time from a tick being due to its start.',
      advice,
    });
    this.#duration = options.meter.createHistogram('tapewatch.tick.duration', {
      unit: 's',
      description: 'Time from the start of a tick until every stage has taken its collection.',
      advice,
    });
    this.#missed = options.meter.createCounter('tapewatch.tick.missed', {
      unit: '{tick}',
      description: 'Ticks that fell out because the process was blocked or the tick before was still running.',
    });
    this.#missed.add(0);
  }

  get timeline(): Timeline {
    return this.#loop.timeline;
  }

  start(): void {
    this.#loop.start();
  }

  /** Ends the ticks and collects once more, so that what was counted since the last tick is not lost. */
  async stop(): Promise<void> {
    this.#loop.stop();
    await this.#running;
    if (this.#lastAt === undefined) return;
    const at = Math.floor(this.#options.clock.now() / 1000) * 1000;
    // Labels grow strictly: within the second of the last tick, the last collection takes the next second's.
    await this.#collect(Math.max(at, this.#lastAt + 1000));
  }

  #onTick({ at, lagMs, missed }: TickEvent): void {
    if (missed > 0) this.#missed.add(missed);
    if (this.#running !== undefined) {
      this.#missed.add(1);
      return;
    }
    this.#lag.record(lagMs / 1000);
    this.#running = this.#collect(at).finally(() => {
      this.#running = undefined;
    });
  }

  async #collect(at: number): Promise<void> {
    const { clock, logger, reader, next } = this.#options;
    const startedMs = clock.monotonic();
    this.#lastAt = at;
    try {
      const { collection, errors } = await reader.read(at);
      this.#tellFailures(errors);
      for (const stage of next) this.#hand(stage, collection);
    } catch (error) {
      logger.error({ error: messageOf(error) }, 'the meters could not be collected');
    }
    this.#duration.record(Math.max(0, clock.monotonic() - startedMs) / 1000);
  }

  /** A stage that fails is told of once, and again after it has worked in between. */
  #hand(stage: CollectionStage, collection: Collection): void {
    try {
      stage.accept(collection);
      this.#failingStages.delete(stage);
    } catch (error) {
      if (this.#failingStages.has(stage)) return;
      this.#failingStages.add(stage);
      this.#options.logger.error(
        { stage: stage.constructor.name, error: messageOf(error) },
        'a collection stage failed',
      );
    }
  }

  /** A callback that fails does so every second; it is told when it begins to fail, and forgotten when all is well again. */
  #tellFailures(errors: readonly unknown[]): void {
    const now = new Set(errors.map(messageOf));
    for (const error of now) {
      if (!this.#failing.has(error))
        this.#options.logger.error({ error }, 'an observable callback failed, its metrics are missing');
    }
    this.#failing.clear();
    for (const error of now) this.#failing.add(error);
  }
}
