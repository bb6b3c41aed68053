import type { CommandResult } from '@tapewatch/model';
import type { MetricResult, PipelineEvents } from '@tapewatch/pipeline';
import { Feed } from './feed.js';

export type MetricUpdate = CommandResult<MetricResult>;

export interface MetricFeedOptions {
  readonly events: Pick<PipelineEvents, 'onTick'>;
  /** Evaluates the query; `at` absent: now. */
  readonly evaluate: (at?: number) => Promise<MetricUpdate>;
  readonly everyMs: number;
  /** Called once, when the feed ends for whatever reason. */
  readonly onEnd: () => void;
}

/**
 * A query's result, evaluated on ticks, at most once in `everyMs`. Nothing queues up: a subscriber that is slow skips
 * ticks and gets the newest. A query that cannot be evaluated at all is told at once, and the feed ends.
 */
export class MetricFeed extends Feed<MetricUpdate> {
  readonly #options: MetricFeedOptions;
  readonly #stopTicks: () => void;
  #checked = false;
  #hopeless = false;
  #pendingAt: number | undefined;
  #deliveredAt = Number.NEGATIVE_INFINITY;

  constructor(options: MetricFeedOptions) {
    super();
    this.#options = options;
    this.#stopTicks = options.events.onTick((at) => this.#tick(at));
  }

  protected async take(): Promise<MetricUpdate | undefined> {
    const refusal = this.#checked ? undefined : await this.#check();
    return refusal ?? this.#update();
  }

  /** The refusal of a query that no tick can mend. */
  async #check(): Promise<MetricUpdate | undefined> {
    this.#checked = true;
    const first = await this.#options.evaluate();
    this.#hopeless = !first.ok && (first.refusal.code === 'QUERY_INVALID' || first.refusal.code === 'INVALID_INPUT');
    return this.#hopeless ? first : undefined;
  }

  async #update(): Promise<MetricUpdate | undefined> {
    if (this.#hopeless) this.end();
    const at = this.#pendingAt;
    if (at === undefined || this.ended) return undefined;
    this.#pendingAt = undefined;
    this.#deliveredAt = at;
    return this.#options.evaluate(at);
  }

  protected release(): void {
    this.#stopTicks();
    this.#options.onEnd();
  }

  #tick(at: number): void {
    if (at - this.#deliveredAt < this.#options.everyMs) return;
    this.#pendingAt = at;
    this.arrived();
  }
}
