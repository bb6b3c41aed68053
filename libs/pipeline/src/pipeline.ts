import type { Meter } from '@opentelemetry/api';
import type {
  Acknowledgement,
  Alert,
  AlertEvent,
  AlertState,
  CommandResult,
  ComponentHealth,
  EventLog,
  HealthEvent,
  HealthStatus,
  Labels,
  NotificationOutcome,
  Page,
  PageRequest,
  Severity,
} from '@tapewatch/model';

/** The assembled program, without any shell around it. */
export interface Pipeline {
  /** Begins to measure, judge and tell; storage is open and rules are loaded since it was created. The first tick follows within two seconds. */
  start(): Promise<void>;
  /** Safe twice and without start. Ends within 8 seconds, whatever hangs. */
  stop(): Promise<void>;
  readonly read: PipelineReader;
  readonly events: PipelineEvents;
  readonly commands: PipelineCommands;
  /** For the figures of the shell itself. */
  readonly meter: Meter;
}

/** Everything that can be asked. */
export interface PipelineReader {
  readiness(): Readiness;
  health(): HealthSummary;
  healthHistory(
    request: PageRequest & { readonly component?: string; readonly since?: number },
  ): Promise<CommandResult<Page<HealthEvent>>>;
  uptimeRatio(component: string, rangeMs: number): Promise<number | undefined>;
  alerts(
    request: PageRequest & { readonly filter?: AlertFilter },
  ): Promise<CommandResult<Page<Alert> & { readonly totalCount: number }>>;
  alert(id: string): Promise<Alert | undefined>;
  /** For whoever filters alerts one by one. Without states every state passes. */
  compileAlertFilter(filter: AlertFilter): CommandResult<(alert: Alert) => boolean>;
  /** Newest last. */
  alertHistory(id: string, last: number): Promise<readonly AlertEvent[]>;
  alertSummary(): Promise<AlertSummary>;
  rules(): readonly RuleGroupView[];
  query(text: string, at?: number): CommandResult<MetricResult>;
  queryRange(text: string, from: number, to: number, stepMs: number): CommandResult<MetricResult>;
  metricsSummary(rangeMs: number, match?: string): CommandResult<MetricsSummary>;
  exchanges(): readonly ExchangeView[];
  channels(): Promise<readonly ChannelView[]>;
  plugins(): readonly PluginView[];
  status(): PipelineStatus;
  /** The newest tick in Prometheus' text format 0.0.4. */
  prometheusText(): string;
}

/** What happens, live; what was missed is read from the logs. */
export interface PipelineEvents {
  readonly alerts: EventStream<AlertEvent>;
  readonly health: EventStream<HealthEvent>;
  /** The time of every tick, after rules have seen it. */
  onTick(listener: (at: number) => void): () => void;
}

export interface EventStream<E extends { readonly cursor: number }> extends EventLog<E> {
  /** Called with every event once it is durable, in order. Returns how to stop. */
  subscribe(listener: (event: E) => void): () => void;
}

/** Everything that can be told; `by` is the name of whoever does. */
export interface PipelineCommands {
  acknowledgeAlert(id: string, acknowledgement: Omit<Acknowledgement, 'at'>): Promise<CommandResult<Alert>>;
  unacknowledgeAlert(id: string, by: string): Promise<CommandResult<Alert>>;
  resolveAlert(id: string, by: string, reason?: string): Promise<CommandResult<Alert>>;
  runHealthCheck(component: string): Promise<CommandResult<ComponentHealth>>;
  testChannel(name: string, by: string): Promise<CommandResult<ChannelTest>>;
}

export interface Readiness {
  readonly ready: boolean;
  /** Why not. */
  readonly waitingFor: readonly string[];
  /** What works, but not as it should. */
  readonly degraded: readonly string[];
}

export interface HealthSummary {
  /** The worst component's; unknown counts as degraded for the whole; unknown when there is no component. */
  readonly status: HealthStatus;
  readonly checkedAt?: number;
  readonly components: readonly ComponentHealth[];
}

export interface AlertFilter {
  readonly states?: readonly AlertState[];
  readonly severities?: readonly Severity[];
  readonly acknowledged?: boolean;
  readonly silenced?: boolean;
  /** Alertmanager's matchers, all of which must hold. */
  readonly matchers?: readonly string[];
  /** Started at or after. */
  readonly since?: number;
}

export interface AlertSummary {
  readonly firing: number;
  readonly pending: number;
  readonly acknowledged: number;
  readonly silenced: number;
  readonly historyTotal: number;
  /** Firing ones by the label `severity`, and by name. */
  readonly bySeverity: Readonly<Record<string, number>>;
  readonly byName: Readonly<Record<string, number>>;
  readonly lastFiredAt?: number;
  readonly meanTimeToAcknowledgeMs?: number;
  readonly meanTimeToResolveMs?: number;
}

export interface RuleGroupView {
  readonly name: string;
  readonly file: string;
  readonly intervalMs: number;
  readonly lastEvaluationAt?: number;
  readonly lastEvaluationMs?: number;
  readonly rules: readonly RuleView[];
}

export interface RuleView {
  readonly name: string;
  /** The rule plugin's type. */
  readonly kind: string;
  /** PromQL, also where the rule was written in friendlier words. */
  readonly query: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly health: 'ok' | 'no_data' | 'error' | 'unknown';
  readonly lastError?: string;
  /** The worst of its alerts; inactive when there are none. */
  readonly state: 'inactive' | 'pending' | 'firing';
  readonly alertIds: readonly string[];
  /** Series its selectors match. */
  readonly matchedSeries?: number;
}

export interface MetricResult {
  readonly kind: 'scalar' | 'string' | 'vector' | 'matrix';
  readonly at: number;
  readonly series: readonly MetricSeries[];
  /** Of a string result. */
  readonly text?: string;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface MetricSeries {
  readonly labels: Labels;
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export interface MetricsSummary {
  readonly rangeMs: number;
  /** Ticks stored over ticks expected, 0 to 1. */
  readonly completeness: number;
  readonly samplesTotal: number;
  readonly lastTickAt?: number;
  readonly series: readonly MetricSummary[];
}

export interface MetricSummary {
  readonly name: string;
  readonly otelName?: string;
  readonly labels: Labels;
  readonly unit: string;
  readonly count: number;
  readonly min?: number;
  readonly max?: number;
  readonly avg?: number;
  readonly last?: number;
}

export interface ExchangeView {
  readonly id: string;
  readonly venue: string;
  readonly connected: boolean;
  readonly feedAgeMs?: number;
  readonly requestLatencyMs?: number;
  readonly clockOffsetMs?: number;
  readonly rateLimitUsedRatio?: number;
  readonly errorsLastHour: number;
  readonly tickers: readonly TickerView[];
}

export interface TickerView {
  readonly symbol: string;
  readonly at?: number;
  readonly last?: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly volumeBase24h?: number;
  readonly ageMs?: number;
}

export interface ChannelView {
  readonly name: string;
  readonly plugin: string;
  readonly healthy: boolean;
  readonly lastSentAt?: number;
  readonly lastError?: string;
  readonly pending: number;
  readonly deadLetters: number;
}

export interface ChannelTest {
  readonly channel: string;
  readonly outcome: NotificationOutcome;
  readonly latencyMs?: number;
  readonly reason?: string;
}

export interface PluginView {
  readonly name: string;
  readonly version: string;
  /** `check:http`, `channel:webhook` ... */
  readonly kinds: readonly string[];
  readonly state: 'running' | 'refused';
  readonly isolation: 'inline';
  readonly restarts: number;
  readonly lastError?: string;
  /** JSON Schema by `kind:type`. */
  readonly configSchema?: unknown;
}

export interface PipelineStatus {
  readonly startedAt: number;
  readonly version: string;
  readonly seriesActive: number;
  readonly samplesTotal: number;
  readonly lastTickAt?: number;
  readonly missedTicks: number;
  readonly tickLagP99Ms?: number;
  readonly destinations: readonly DestinationView[];
}

export interface DestinationView {
  readonly name: string;
  /** Without credentials. */
  readonly endpoint: string;
  readonly healthy: boolean;
  readonly lastSuccessAt?: number;
  readonly lastError?: string;
  readonly pointsSent: number;
  readonly pointsDropped: number;
  readonly pointsWaiting: number;
}
