import type { Counter, Meter } from '@opentelemetry/api';
import { delay } from '@tapewatch/model';
import type { Clock, Logger } from '@tapewatch/model';
import { pointsIn } from '../collection.js';
import type { Collection, CollectionStage } from '../collection.js';
import { shownEndpoint } from './destination-options.js';
import type { DestinationOptions } from './destination-options.js';
import { createOtlpExporter } from './otlp-exporter.js';
import type { Exporter, ExportOutcome } from './otlp-exporter.js';
import { failureOf } from './export-failure.js';
import type { FailureOutcome } from './export-failure.js';

export interface OtlpDestinationOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly destination: DestinationOptions;
  /** Collections that wait while one is under way; the oldest goes when it is full. 10 when absent. */
  readonly queueLimit?: number;
  /** The OpenTelemetry exporter of the destination's protocol when absent. */
  readonly createExporter?: (destination: DestinationOptions) => Exporter;
}

export interface DestinationStatus {
  readonly name: string;
  /** Without credentials. */
  readonly endpoint: string;
  /** Undefined until the first export has ended. */
  readonly healthy: boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly lastSuccessAt?: number;
  readonly lastError?: string;
  readonly pointsSent: number;
  /** Dropped here, unsent, or refused by the destination. */
  readonly pointsDropped: number;
  readonly pointsWaiting: number;
}

type PointOutcome = 'sent' | 'dropped' | 'rejected';
type Waiting = { readonly collection: Collection; readonly points: number };

/**
 * Ships collections to one OTLP backend, one at a time. A backend that is down, slow or refuses costs the collections that
 * do not fit into the queue, and nothing else. A spool on disk can stand before it as a stage of its own.
 */
export class OtlpDestination implements CollectionStage {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #destination: DestinationOptions;
  readonly #endpoint: string;
  readonly #queueLimit: number;
  readonly #exporter: Exporter;
  readonly #queue: Waiting[] = [];
  readonly #counts: Record<PointOutcome, number> = { sent: 0, dropped: 0, rejected: 0 };
  #points: Counter | undefined;
  #failures: Counter | undefined;
  #collections = 0;
  #inFlight: { readonly points: number; readonly done: Promise<void> } | undefined;
  #closed = false;
  #healthy: boolean | undefined;
  #rejecting = false;
  #lastSuccessAt: number | undefined;
  #lastError: string | undefined;

  constructor(options: OtlpDestinationOptions) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#destination = options.destination;
    this.#endpoint = shownEndpoint(options.destination.url);
    this.#queueLimit = options.queueLimit ?? 10;
    this.#exporter = (options.createExporter ?? createOtlpExporter)(options.destination);
  }

  attach(meter: Meter): void {
    this.#points = meter.createCounter('tapewatch.export.points', {
      unit: '{point}',
      description: 'Points by what became of them: sent, dropped here unsent, rejected by the destination.',
    });
    this.#failures = meter.createCounter('tapewatch.export.failures', {
      unit: '{failure}',
      description: 'Exports that failed: unreachable, timeout, or refused by the destination.',
    });
    for (const outcome of ['sent', 'dropped', 'rejected']) this.#points.add(0, this.#attributes(outcome));
    for (const outcome of ['unreachable', 'timeout', 'refused']) this.#failures.add(0, this.#attributes(outcome));
  }

  accept(collection: Collection): void {
    if (this.#closed || this.#collections++ % this.#destination.everyTicks !== 0) return;
    this.#queue.push({ collection, points: pointsIn(collection) });
    while (this.#queue.length > this.#queueLimit) this.#drop(this.#queue.shift());
    this.#pump();
  }

  status(): DestinationStatus {
    const { sent, dropped, rejected } = this.#counts;
    return {
      name: this.#destination.name,
      endpoint: this.#endpoint,
      healthy: this.#healthy,
      ...(this.#lastSuccessAt === undefined ? {} : { lastSuccessAt: this.#lastSuccessAt }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      pointsSent: sent,
      pointsDropped: dropped + rejected,
      pointsWaiting: this.#closed
        ? 0
        : this.#queue.reduce((sum, { points }) => sum + points, this.#inFlight?.points ?? 0),
    };
  }

  /** Sends what waits until the deadline, and drops the rest; at once when the destination was failing anyway. */
  async stop(deadlineMs: number): Promise<void> {
    if (this.#closed) return;
    const ended = new AbortController();
    if (this.#healthy !== false) {
      const drained = this.#drained().finally(() => ended.abort());
      await Promise.race([drained, delay(this.#clock, deadlineMs, ended.signal)]);
    }
    this.#closed = true;
    for (const waiting of this.#queue.splice(0)) this.#drop(waiting);
    if (this.#inFlight !== undefined) this.#count('dropped', this.#inFlight.points);
    this.#exporter.close();
  }

  async #drained(): Promise<void> {
    while (this.#inFlight !== undefined && this.#healthy !== false) await this.#inFlight.done;
  }

  #pump(): void {
    if (this.#inFlight !== undefined || this.#closed) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    const done = this.#send(next).finally(() => {
      this.#inFlight = undefined;
      this.#pump();
    });
    this.#inFlight = { points: next.points, done };
  }

  async #send({ collection, points }: Waiting): Promise<void> {
    const outcome = await this.#export(collection);
    // Counted as dropped by `stop`, which did not wait.
    if (this.#closed) return;
    if (outcome.ok) {
      this.#succeed(points, Math.min(outcome.rejectedPoints, points));
      return;
    }
    const { outcome: failure, reason } = failureOf(outcome.error, this.#destination);
    this.#fail(points, failure, reason);
  }

  /** The exporter's own timeout starts anew with each retry and with each byte received; this one does not. */
  async #export(collection: Collection): Promise<ExportOutcome> {
    const ended = new AbortController();
    const exported = this.#exporter.export(collection.resourceMetrics).finally(() => ended.abort());
    const late = delay(this.#clock, this.#destination.timeoutMs, ended.signal).then(
      (): ExportOutcome | undefined => undefined,
    );
    const outcome = await Promise.race([exported, late]);
    if (outcome !== undefined) return outcome;
    if (ended.signal.aborted) return exported;
    this.#exporter.abort();
    return { ok: false, error: Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }) };
  }

  #succeed(points: number, rejected: number): void {
    this.#count('sent', points - rejected);
    this.#count('rejected', rejected);
    this.#lastSuccessAt = this.#clock.now();
    if (this.#healthy !== true) {
      this.#logger.info(this.#fields(), 'OTLP destination is reachable');
      this.#healthy = true;
      this.#lastError = undefined;
    }
    if (rejected > 0 !== this.#rejecting) {
      this.#rejecting = rejected > 0;
      if (this.#rejecting)
        this.#logger.warn({ ...this.#fields(), rejected }, 'OTLP destination rejects some of the points');
      else this.#logger.info(this.#fields(), 'OTLP destination takes all points again');
    }
  }

  #fail(points: number, outcome: FailureOutcome, reason: string): void {
    this.#count(outcome === 'refused' ? 'rejected' : 'dropped', points);
    this.#failures?.add(1, this.#attributes(outcome));
    this.#lastError = reason;
    if (this.#healthy === false) return;
    this.#healthy = false;
    this.#logger.warn({ ...this.#fields(), outcome, reason }, 'OTLP destination does not take metrics');
  }

  #drop(waiting: Waiting | undefined): void {
    if (waiting !== undefined) this.#count('dropped', waiting.points);
  }

  #count(outcome: PointOutcome, points: number): void {
    if (points === 0) return;
    this.#counts[outcome] += points;
    this.#points?.add(points, this.#attributes(outcome));
  }

  #attributes(outcome: string): { readonly destination: string; readonly outcome: string } {
    return { destination: this.#destination.name, outcome };
  }

  #fields(): { readonly destination: string; readonly endpoint: string } {
    return { destination: this.#destination.name, endpoint: this.#endpoint };
  }
}
