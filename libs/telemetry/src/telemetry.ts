import type { MeterProvider } from '@opentelemetry/api';
import { delay, messageOf } from '@tapewatch/model';
import type { Clock, Logger, Timeline } from '@tapewatch/model';
import type { CollectionStage } from './collection.js';
import { logSdkDiagnostics } from './sdk-diagnostics.js';
import { TickCollector } from './tick-collector.js';
import { createTickMeters } from './tick-meters.js';
import type { TickMeters } from './tick-meters.js';

/** Who is measuring; `service.*` become `job` and `instance` of every series. */
export interface ResourceOptions {
  readonly serviceName: string;
  readonly serviceVersion: string;
  readonly serviceInstanceId: string;
  /** Further resource attributes; `service.namespace` among them goes into `job`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly resource: ResourceOptions;
  /** Attribute sets per instrument; what comes above goes to one set, `otel.metric.overflow=true`. 20,000 when absent. */
  readonly cardinalityLimit?: number;
  /** How long one observable callback may take before the tick goes on without it. 800 ms when absent. */
  readonly callbackTimeoutMs?: number;
  /** Who takes each collection, in this order. */
  readonly next: readonly CollectionStage[];
}

export interface Telemetry {
  /** Where everybody gets meters from; instruments may be made before and after `start`. */
  readonly meterProvider: MeterProvider;
  /** Of the ticks, as it is whenever it is read. */
  readonly timeline: Timeline;
  /** The first tick comes on the next whole second. Idempotent. */
  start(): void;
  /**
   * Ends the ticks, collects once more, and lets the stages hand on what waits, all within `deadlineMs` (5 s when absent).
   * Safe to call twice and without `start`.
   */
  stop(deadlineMs?: number): Promise<void>;
}

const meterName = 'tapewatch.telemetry';

/** The meters of the program and the tick that collects them, once a second on the second. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, logger, next } = options;
  logSdkDiagnostics(logger);
  const onNotFinite = (metric: string): void =>
    logger.warn({ metric }, 'an instrument reported a value that is not a finite number, left out');
  const meters = createTickMeters({
    ...{ cardinalityLimit: options.cardinalityLimit ?? 20_000, onNotFinite, startedAt: clock.now() },
    callbackTimeoutMs: options.callbackTimeoutMs ?? 800,
    resource: attributesOf(options.resource),
  });
  const { reader, provider: meterProvider } = meters;
  const meter = meterProvider.getMeter(meterName, options.resource.serviceVersion);
  for (const stage of next) stage.attach?.(meter);
  const inspect: CollectionStage = { accept: ({ resourceMetrics }) => meterProvider.inspect(resourceMetrics) };
  const collector = new TickCollector({ clock, logger, reader, meter, next: [inspect, ...next] });
  let stopped: Promise<void> | undefined;
  return {
    meterProvider,
    timeline: {
      get skippedMs() {
        return collector.timeline.skippedMs;
      },
      get aheadMs() {
        return collector.timeline.aheadMs;
      },
    },
    start() {
      if (stopped === undefined) collector.start();
    },
    stop(deadlineMs = 5000) {
      stopped ??= stopAll(collector, meters, options, deadlineMs);
      return stopped;
    },
  };
}

async function stopAll(
  collector: TickCollector,
  meters: TickMeters,
  { clock, logger, next }: TelemetryOptions,
  deadlineMs: number,
): Promise<void> {
  const end = clock.monotonic() + deadlineMs;
  const leftMs = (): number => Math.max(0, end - clock.monotonic());
  await within(clock, leftMs(), collector.stop());
  const stops = next.map(async (stage) => {
    try {
      await stage.stop?.(leftMs());
    } catch (error) {
      logger.error({ error: messageOf(error) }, 'a collection stage could not be stopped');
    }
  });
  await within(clock, leftMs(), Promise.all(stops));
  await meters.shutdown();
}

async function within(clock: Clock, timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work.finally(() => done.abort()), delay(clock, timeoutMs, done.signal)]);
}

function attributesOf(resource: ResourceOptions): Record<string, string> {
  return {
    ...resource.attributes,
    'service.name': resource.serviceName,
    'service.version': resource.serviceVersion,
    'service.instance.id': resource.serviceInstanceId,
  };
}
