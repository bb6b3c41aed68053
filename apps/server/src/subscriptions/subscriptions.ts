import type { AlertEvent, HealthEvent } from '@tapewatch/model';
import type { AlertFilter, Pipeline, ReportEvent } from '@tapewatch/pipeline';
import type { EvaluationTurns } from '../graphql/metrics/evaluation-turns.js';
import { Unavailable } from '../graphql/problem.types.js';
import { errorOf, refuseInput } from '../graphql/result.js';
import { wantedAlertEvents } from './alert-event-filter.js';
import { decodeCursor } from './cursor.js';
import { EventFeed } from './event-feed.js';
import { MetricFeed } from './metric-feed.js';
import { OpenSubscriptions } from './open-subscriptions.js';
import type { Slots } from './slots.js';
import { TickQueries } from './tick-queries.js';

const leastEveryMs = 1000;

/** Opens the feed behind each subscription, and counts them. */
export class Subscriptions {
  readonly #pipeline: Pipeline;
  readonly #open: OpenSubscriptions;
  readonly #queries: TickQueries;

  constructor(pipeline: Pipeline, evaluations: EvaluationTurns) {
    this.#pipeline = pipeline;
    this.#open = new OpenSubscriptions(pipeline.meter);
    this.#queries = new TickQueries(pipeline.read, evaluations);
  }

  get count(): number {
    return this.#open.count;
  }

  async alertEvents(filter: AlertFilter, after: string | null | undefined): Promise<EventFeed<AlertEvent>> {
    const from = decodeCursor(after);
    const wanted = wantedAlertEvents(this.#pipeline.read, filter);
    return this.#events(this.#pipeline.events.alerts, from, wanted);
  }

  async healthEvents(after: string | null | undefined): Promise<EventFeed<HealthEvent>> {
    return this.#events(this.#pipeline.events.health, decodeCursor(after));
  }

  async reportEvents(after: string | null | undefined): Promise<EventFeed<ReportEvent>> {
    return this.#events(this.#pipeline.events.reports, decodeCursor(after));
  }

  /** `slots`: what the subscriber's socket has left for feeds of this kind. */
  metricUpdates(query: string, everyMs: number, slots?: Slots): MetricFeed {
    if (everyMs < leastEveryMs) refuseInput('every', 'every must be 1s or more');
    const free = slots?.take();
    if (slots !== undefined && free === undefined) {
      const message = `At most ${slots.most} metricUpdates run on one socket; end one, or open another socket`;
      throw errorOf(new Unavailable('UNAVAILABLE', message));
    }
    const closed = this.#open.open();
    return new MetricFeed({
      events: this.#pipeline.events,
      evaluate: (at) => this.#queries.evaluate(query, at),
      everyMs,
      onEnd: () => {
        closed();
        free?.();
      },
    });
  }

  async #events<E extends { readonly cursor: number }>(
    stream: Parameters<typeof EventFeed.open<E>>[0]['stream'],
    after: number | undefined,
    wanted?: (event: E) => Promise<boolean>,
  ): Promise<EventFeed<E>> {
    const onEnd = this.#open.open();
    try {
      return await EventFeed.open({ stream, after, wanted, onEnd });
    } catch (error) {
      onEnd();
      throw error;
    }
  }
}
