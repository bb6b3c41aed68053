import type { Meter } from '@opentelemetry/api';
import type { Access } from '@tapewatch/access';
import type { Alerts } from '@tapewatch/alerts';
import type { TapewatchConfig } from '@tapewatch/config';
import type { Exchanges } from '@tapewatch/exchanges';
import type { HealthChecks } from '@tapewatch/health';
import type { MemoryStore, MetricStore } from '@tapewatch/metric-store';
import type { AlertEvent, Clock, HealthEvent, Logger } from '@tapewatch/model';
import type { Heartbeat, Notifier } from '@tapewatch/notify';
import type { PluginRegistry, Supervisor } from '@tapewatch/plugin-host';
import type { ReportEvent, Reports } from '@tapewatch/reporting';
import type { RuleEngine } from '@tapewatch/rules';
import type { OtlpDestination, OtlpIntake, SeriesTranslation, Telemetry } from '@tapewatch/telemetry';
import type { Backtests } from './backtest/backtests.js';
import type { EventTopic } from './event-topic.js';
import type { KeptState } from './kept-state.js';
import type { Reloader } from './reload/reloader.js';
import type { WatchFiles } from './reload/watch-files.js';
import type { OnArrival } from './on-arrival.js';
import type { Queries } from './queries.js';
import type { Pulse } from './pulse.js';
import type { TickFork } from './tick-fork.js';

/** The stages of one assembled pipeline. */
export interface PipelineParts {
  /** As it was at the start; `reloader` has the one in force. */
  readonly config: TapewatchConfig;
  readonly reloader: Reloader;
  /** Absent: files are not looked at again by themselves. */
  readonly watch: WatchFiles | undefined;
  readonly version: string;
  /** Base of links, without a trailing slash. */
  readonly externalUrl: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly state: KeptState;
  readonly registry: PluginRegistry;
  readonly supervisor: Supervisor;
  readonly metrics: MetricStore;
  /** The memory of `metrics`. */
  readonly store: MemoryStore;
  readonly ticks: TickFork;
  readonly pulse: Pulse;
  readonly series: SeriesTranslation;
  readonly destinations: readonly OtlpDestination[];
  readonly telemetry: Telemetry;
  readonly arrivals: OnArrival;
  readonly intake: OtlpIntake;
  readonly queries: Queries;
  readonly engine: RuleEngine;
  readonly access: Access;
  readonly alerts: Alerts;
  readonly notifier: Notifier;
  readonly heartbeat?: Heartbeat;
  readonly exchanges: Exchanges;
  readonly health: HealthChecks;
  readonly reports: Reports;
  readonly backtests: Backtests;
  readonly alertEvents: EventTopic<AlertEvent>;
  readonly healthEvents: EventTopic<HealthEvent>;
  readonly reportEvents: EventTopic<ReportEvent>;
}
