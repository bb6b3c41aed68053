import type { Clock, TickStage } from '@tapewatch/model';
import type { PipelineParts } from './parts.js';

/** A tick a second: this many missing ones are no hiccup. */
const lateMs = 15_000;

/** Whether the pipeline can be relied on now: it measures, judges, and can keep what it tells. */
export class Pulse implements TickStage {
  readonly #parts: Pick<PipelineParts, 'alerts' | 'engine' | 'notifier' | 'store'>;
  readonly #clock: Clock;
  /** On the monotonic clock: whoever sets the wall clock neither stops the pulse nor hides that it has stopped. */
  #tickedMs: number | undefined;

  constructor(parts: Pick<PipelineParts, 'alerts' | 'clock' | 'engine' | 'notifier' | 'store'>) {
    this.#parts = parts;
    this.#clock = parts.clock;
  }

  accept(): void {
    this.#tickedMs = this.#clock.monotonic();
  }

  /** Why it cannot; undefined when it can. */
  fault(): string | undefined {
    const { alerts, engine, notifier, store } = this.#parts;
    const { ownTickAt } = store;
    if (ownTickAt === undefined || this.#tickedMs === undefined || this.#clock.monotonic() - this.#tickedMs > lateMs)
      return 'nothing is measured';
    const late = engine
      .views()
      .find(
        ({ intervalMs, lastEvaluationAt }) => ownTickAt - (lastEvaluationAt ?? -Infinity) > lateMs + 2 * intervalMs,
      );
    if (late !== undefined) return `the rules of ${late.name} are not evaluated`;
    if (!alerts.durable) return 'alerts cannot be written';
    return notifier.durable ? undefined : 'notifications cannot be written';
  }
}
