import type { Meter } from '@opentelemetry/api';
import type { Clock, Logger } from '@tapewatch/model';
import { ExchangeMetrics } from './exchange-metrics.js';
import type { Arrived } from './exchange-metrics.js';
import type { ExchangeOptions } from './exchange-options.js';
import type { ExchangeRecord } from './exchange-record.js';
import { ExchangeSession } from './exchange-session.js';
import type { ExchangeView } from './exchange-view.js';

export interface ExchangesOptions {
  /** Already validated; ids are unique. */
  readonly exchanges: readonly ExchangeOptions[];
  readonly meter: Meter;
  /** Told of prices and volumes as messages bring them, in the form of the observable gauges that tell them again at each collection. */
  readonly arrived?: Arrived;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Uniform in [0, 1), as Math.random. */
  readonly random: () => number;
}

/** Watches every configured exchange; no fault of one touches another. */
export interface Exchanges {
  /** Returns once the loops are launched; a venue that is down is tried again until `stop`. Never rejects. */
  start(): Promise<void>;
  /** Closes every connection within 3 s and ends every series. Idempotent, never rejects; it cannot be started again. */
  stop(): Promise<void>;
  /** As the newest collection saw them, so that they agree with the metrics; in the order of the options. */
  views(): readonly ExchangeView[];
}

export function createExchanges(options: ExchangesOptions): Exchanges {
  const { exchanges, meter, clock, logger, random } = options;
  const metrics = new ExchangeMetrics(meter, clock, (nowMs) => {
    views = viewsAt(nowMs);
  });
  const { arrived } = options;
  const tickerArrived =
    arrived === undefined
      ? {}
      : {
          arrived: (record: ExchangeRecord, symbol: string): void => metrics.arrived(record, symbol, arrived),
        };
  const sessions = exchanges.map((exchange) => {
    const log = logger.child({ exchange: exchange.id, venue: exchange.venue });
    return new ExchangeSession({
      exchange,
      durations: metrics.durationsOf(exchange),
      ...tickerArrived,
      clock,
      logger: log,
      random,
    });
  });
  const viewsAt = (nowMs: number): readonly ExchangeView[] => sessions.map(({ record }) => record.view(nowMs));
  let views = viewsAt(clock.monotonic());
  let started = false;
  let stopped: Promise<unknown> | undefined;
  return {
    start: () => {
      if (started || stopped !== undefined) return Promise.resolve();
      started = true;
      for (const session of sessions) session.start();
      metrics.start(sessions.map((session) => session.record));
      return Promise.resolve();
    },
    stop: async () => {
      stopped ??= Promise.all(sessions.map((session) => session.stop())).finally(() => metrics.stop());
      await stopped;
    },
    views: () => views,
  };
}
