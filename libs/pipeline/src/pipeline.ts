import type { Meter } from '@opentelemetry/api';
import type {
  Access,
  AccessToken,
  Actor,
  AuditEntry,
  AuditVerification,
  CreatedToken,
  NewToken,
  Session,
} from '@tapewatch/access';
import type {
  AlertFilter,
  AlertSummary,
  PostedAlert,
  RaisedAlert,
  SilencePreview,
  SilenceView,
  WantedSilence,
} from '@tapewatch/alerts';
import type { AlertGroupView, RoutedAlert } from './routed-alerts.js';
import type { Archive as StateArchive } from '@tapewatch/database';
import type { ExchangeView } from '@tapewatch/exchanges';
import type { HealthSummary } from '@tapewatch/health';
import type { MetricsSummary } from '@tapewatch/metric-store';
import type { Json } from '@tapewatch/promql';
import type {
  Acknowledgement,
  Alert,
  AlertEvent,
  CommandResult,
  ComponentHealth,
  HealthEvent,
  Labels,
  MetricDescription,
  Page,
  PageRequest,
  Language,
} from '@tapewatch/model';
import type { ChannelTest, ChannelView, MessagePreview, NotificationView } from '@tapewatch/notify';
import type { PluginView } from '@tapewatch/plugin-host';
import type {
  DailyReport,
  ReportEvent,
  ReportFormat,
  ReportHead,
  ReportKind,
  ReportRequest,
} from '@tapewatch/reporting';
import type { RuleGroupView, RuleView } from '@tapewatch/rules';
import type { RuleWay } from './rule-ways.js';
import type { Reload } from './reload/reloader.js';
import type { IntakeResult } from '@tapewatch/telemetry';
import type { BacktestRequest, BacktestResult } from './backtest/backtest-result.js';
import type { BacktestProgress } from './backtest/backtests.js';
import type { EventStream } from './event-topic.js';
import type { Eventually, MetricResult, QueryOptions } from './metric-result.js';

/** The assembled program, without any shell around it. */
export interface Pipeline {
  /** Begins to measure, judge and tell; storage is open and rules are loaded since it was created. The first tick follows within two seconds. */
  start(): Promise<void>;
  /** Safe twice and without start. Ends within 6 seconds, whatever hangs. */
  stop(): Promise<void>;
  readonly read: PipelineReader;
  readonly events: PipelineEvents;
  readonly commands: PipelineCommands;
  /** For the doors of the shell: whose a token or session is, and the audit log. */
  readonly access: Access;
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
  /** Every alert that fires, as Alertmanager's API shows it. */
  routedAlerts(): readonly RoutedAlert[];
  /** Every group in which something fires, as Alertmanager's API shows it. */
  alertGroups(): readonly AlertGroupView[];
  /** Names of all receivers. */
  receivers(): readonly string[];
  /** The routes and receivers in force as an Alertmanager's file, for its tools; without secrets. */
  alertmanagerText(): string;
  /** Of all states, sorted as Alertmanager does: active, pending, expired ones; with matchers those on whose own matchers they hold. */
  silences(matchers?: readonly string[]): CommandResult<readonly SilenceView[]>;
  silence(id: string): SilenceView | undefined;
  /** What a silence of these matchers would cover now, and would have covered of the alerts that began since. */
  previewSilence(matchers: readonly string[], since: number): Promise<CommandResult<SilencePreview>>;
  rules(): readonly RuleGroupView[];
  /** Where the alerts of a rule may go, by the routes in force. */
  ruleWay(rule: Pick<RuleView, 'name' | 'labels'>): RuleWay;
  /** What memory holds is answered at once; what reaches further back is read from the disk first. */
  query(text: string, at?: number, options?: QueryOptions): Eventually<CommandResult<MetricResult>>;
  queryRange(
    text: string,
    from: number,
    to: number,
    stepMs: number,
    options?: QueryOptions,
  ): Eventually<CommandResult<MetricResult>>;
  /** One at a time; the signal cuts it short. */
  backtest(request: BacktestRequest, signal?: AbortSignal): Promise<CommandResult<BacktestResult>>;
  /** The one that runs; undefined when none does. */
  backtestProgress(): BacktestProgress | undefined;
  /** A query laid out on as many lines as it needs to be read, as Prometheus does it. */
  formatQuery(text: string): CommandResult<string>;
  /** What a query is made of, as the data of Prometheus' `parse_query`. */
  parseQuery(text: string): CommandResult<Json>;
  /** Label sets, `__name__` included, of every series that one of the selectors matches (all series without any) and that has samples between the times. */
  series(selectors: readonly string[], from?: number, to?: number): Promise<CommandResult<readonly Labels[]>>;
  /** Every metric that is kept at present, by its Prometheus name. */
  metadata(): readonly MetricDescription[];
  metricsSummary(rangeMs: number, match?: string): Eventually<CommandResult<MetricsSummary>>;
  /** Newest first, the revoked ones included; the admin's is none of them. */
  tokens(): readonly AccessToken[];
  /** Those that are not over, newest first. */
  sessions(): readonly Session[];
  /** Newest first. */
  audit(request: PageRequest & { readonly since?: number }): Promise<CommandResult<Page<AuditEntry>>>;
  verifyAudit(): Promise<AuditVerification>;
  exchanges(): readonly ExchangeView[];
  channels(): Promise<readonly ChannelView[]>;
  /** What a channel would say; nothing is sent. */
  messagePreview(channel: string): CommandResult<MessagePreview>;
  /** The ledger, newest first. */
  notifications(request: PageRequest & { readonly alert?: string }): Promise<CommandResult<Page<NotificationView>>>;
  plugins(): readonly PluginView[];
  /** Newest first. */
  reports(request: PageRequest & { readonly kind?: ReportKind }): Promise<CommandResult<Page<ReportHead>>>;
  report(id: string): Promise<ReportHead | undefined>;
  reportData(id: string): Promise<DailyReport | undefined>;
  /** In the report's own language when none is asked for. */
  reportText(id: string, format: ReportFormat, language?: Language): Promise<string | undefined>;
  status(): PipelineStatus;
  /** What was lost before this start, and what was done about it, in one sentence. */
  stateLoss(): string | undefined;
  /** The configuration in force as YAML, secrets taken out. */
  configText(): string;
  /** The newest tick in Prometheus' text format 0.0.4. */
  prometheusText(): string;
}

/** What happens, live; what was missed is read from the logs. */
export interface PipelineEvents {
  readonly alerts: EventStream<AlertEvent>;
  readonly health: EventStream<HealthEvent>;
  readonly reports: EventStream<ReportEvent>;
  /** The time of every tick, after rules have seen it. */
  onTick(listener: (at: number) => void): () => void;
}

/** Everything that can be told; `by` is the name of whoever does. */
export interface PipelineCommands {
  /** Raises an alert of a program or a person, by name; refused when a limit holds it back. */
  raiseAlert(raised: RaisedAlert): Promise<CommandResult<Alert>>;
  /** Takes alerts that another program sends again and again while they hold, as Alertmanager does. */
  postAlerts(posted: readonly PostedAlert[]): Promise<CommandResult<void>>;
  acknowledgeAlert(id: string, acknowledgement: Omit<Acknowledgement, 'at'>): Promise<CommandResult<Alert>>;
  unacknowledgeAlert(id: string, by: string): Promise<CommandResult<Alert>>;
  resolveAlert(id: string, by: string, reason?: string): Promise<CommandResult<Alert>>;
  /**
   * Makes a silence or, with an id, changes one as Alertmanager does: the answer may have another id. Alertmanager's API takes
   * silences without a comment, so that can be allowed.
   */
  setSilence(
    wanted: WantedSilence,
    options?: { readonly commentNeeded?: boolean },
  ): Promise<CommandResult<SilenceView>>;
  expireSilence(id: string): Promise<CommandResult<SilenceView>>;
  runHealthCheck(component: string): Promise<CommandResult<ComponentHealth>>;
  testChannel(name: string, by: string): Promise<CommandResult<ChannelTest>>;
  /** Sends a dead letter again. */
  replayNotification(id: string): Promise<CommandResult<NotificationView>>;
  /** Sends all dead letters of a channel again; gives how many. */
  replayDeadLetters(channel: string): Promise<CommandResult<number>>;
  /** Made and kept; nobody is told. */
  generateReport(request: ReportRequest): Promise<CommandResult<ReportHead>>;
  createToken(wanted: NewToken, actor: Actor): Promise<CommandResult<CreatedToken>>;
  revokeToken(name: string, actor: Actor): Promise<CommandResult<AccessToken>>;
  revokeSession(id: number, actor: Actor): CommandResult<Session>;
  /** Everything that is kept, as of one moment, ready to be sent; discard it. Throws when it cannot be copied. */
  backup(): Promise<StateArchive>;
  /**
   * Puts the rules, routes and receivers that the configuration has now into force, all or nothing; refuses with everything that is wrong.
   * `by` is who or what asks.
   */
  reloadConfig(by: string): Promise<CommandResult<Reload>>;
  /** Takes one OTLP metrics request of another program; refuses what cannot be read at all. */
  pushMetrics(body: Uint8Array, encoding: 'protobuf' | 'json'): CommandResult<IntakeResult>;
}

export interface Readiness {
  readonly ready: boolean;
  /** Why not. */
  readonly waitingFor: readonly string[];
  /** What works, but not as it should. */
  readonly degraded: readonly string[];
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
  /** When a reload last succeeded; absent: never. */
  readonly configReloadedAt?: number;
  /** Why the newest reload was refused; absent: it was not. */
  readonly configError?: string;
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
