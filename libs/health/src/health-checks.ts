import type { Attributes, Meter } from '@opentelemetry/api';
import { WriteQueue, type Database } from '@tapewatch/database';
import {
  accepted,
  healthStatuses,
  refused,
  type Clock,
  type CommandResult,
  type ComponentHealth,
  type HealthEvent,
  type HealthStatus,
  type Logger,
} from '@tapewatch/model';
import { CheckSchedule, type Check, type StatusChange } from './check-schedule.js';
import { HealthHistory } from './health-history.js';

export interface HealthChecksOptions {
  readonly checks: readonly Check[];
  readonly database: Database;
  /** Called with every change once it is durable, in order. */
  readonly publish: (event: HealthEvent) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

export interface HealthSummary {
  /** The worst component's; unknown counts as degraded for the whole; unknown when there is no component. */
  readonly status: HealthStatus;
  readonly checkedAt?: number;
  readonly components: readonly ComponentHealth[];
}

/** Every health check, its schedule, its history and its metrics. */
export class HealthChecks {
  readonly history: HealthHistory;
  readonly #options: HealthChecksOptions;
  readonly #schedules = new Map<string, CheckSchedule>();
  readonly #queue: WriteQueue<StatusChange>;

  constructor(options: HealthChecksOptions) {
    this.#options = options;
    this.history = new HealthHistory(options.database);
    const dropped = options.meter.createCounter('tapewatch.history.dropped', {
      unit: '{event}',
      description: 'Changes that could not be written and had to be given up',
    });
    dropped.add(0, { history: 'health' });
    this.#queue = new WriteQueue({
      ...options,
      what: 'health history',
      write: (batch) => this.keep(batch),
      dropped: (count) => dropped.add(count, { history: 'health' }),
    });
  }

  /** False while history cannot be written. */
  get durable(): boolean {
    return this.#queue.healthy;
  }

  /** Runs every check at once. */
  async start(): Promise<void> {
    const { checks, clock, logger, meter } = this.#options;
    const last = new Map((await this.history.newest()).map((event) => [event.component, event]));
    const duration = meter.createHistogram('health_check.duration', {
      unit: 's',
      description: 'How long a health check took',
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
    });
    for (const check of checks) {
      const attributes = { component: check.name, plugin: check.plugin };
      const before = last.get(check.name);
      const schedule = new CheckSchedule({
        check,
        clock,
        logger,
        changed: (change) => this.changed(change),
        ran: (seconds) => duration.record(seconds, attributes),
        ...(before === undefined ? {} : { last: before }),
      });
      this.#schedules.set(check.name, schedule);
    }
    this.observe();
    for (const schedule of this.#schedules.values()) schedule.start();
  }

  summary(): HealthSummary {
    const components = [...this.#schedules.values()].map(({ health }) => health);
    const times = components.flatMap(({ checkedAt }) => checkedAt ?? []);
    return { status: worst(components), components, ...(times.length === 0 ? {} : { checkedAt: Math.max(...times) }) };
  }

  async runNow(component: string): Promise<CommandResult<ComponentHealth>> {
    const schedule = this.#schedules.get(component);
    if (schedule !== undefined) return accepted(await schedule.runNow());
    return refused(
      'NOT_FOUND',
      `no component is called ${component}; there are: ${[...this.#schedules.keys()].join(', ')}`,
      'component',
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#schedules.values()].map((schedule) => schedule.stop()));
    await this.#queue.stop();
  }

  private changed(change: StatusChange): void {
    const { name, status, summary } = change.health;
    const log = status === 'healthy' ? 'info' : 'warn';
    this.#options.logger[log]({ component: name, previous: change.previous, status, summary }, 'health changed');
    void this.#queue.add([change]);
  }

  private async keep(batch: readonly StatusChange[]): Promise<void> {
    const events = await this.history.write(
      batch.map(({ previous, health }) => ({
        at: health.checkedAt as number,
        component: health.name,
        previous: previous ?? null,
        status: health.status,
        response_time_ms: health.responseTimeMs ?? null,
        summary: health.summary ?? null,
      })),
    );
    for (const event of events) this.#options.publish(event);
  }

  /** One series per component and status, 1 for the one that holds; none before the first result. */
  private observe(): void {
    const series = [...this.#schedules.values()].map((schedule) => ({
      schedule,
      attributes: healthStatuses.map((status): [HealthStatus, Attributes] => [
        status,
        { component: schedule.health.name, plugin: schedule.health.plugin, status },
      ]),
    }));
    this.#options.meter
      .createObservableGauge('health_check.status', { unit: '{state}', description: '1 for the status that holds' })
      .addCallback((result) => {
        for (const { schedule, attributes } of series) {
          if (!schedule.judged) continue;
          for (const [status, one] of attributes) result.observe(schedule.health.status === status ? 1 : 0, one);
        }
      });
  }
}

function worst(components: readonly ComponentHealth[]): HealthStatus {
  if (components.length === 0) return 'unknown';
  const has = (...wanted: readonly HealthStatus[]): boolean => components.some(({ status }) => wanted.includes(status));
  if (has('unhealthy')) return 'unhealthy';
  return has('degraded', 'unknown') ? 'degraded' : 'healthy';
}
