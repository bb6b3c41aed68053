import { accepted } from '@tapewatch/model';
import type { Access, Pipeline, PipelineCommands, PipelineEvents, PipelineReader } from '@tapewatch/pipeline';
import { RecordingMeter } from '../recording-meter.js';
import { sampleExchanges, samplePlugins, sampleRules, sampleStatus } from '../sample-data.js';
import { FakeAlerts } from './fake-alerts.js';
import { FakeBackup } from './fake-backup.js';
import { FakeBacktests } from './fake-backtests.js';
import { FakeHealth } from './fake-health.js';
import { FakeMetrics } from './fake-metrics.js';
import { FakeNotifications } from './fake-notifications.js';
import { FakeReports } from './fake-reports.js';
import { FakeSilences } from './fake-silences.js';

/** A pipeline of fixed answers that tests can change, with events that tests let happen. */
export class FakePipeline implements Pipeline {
  readonly #access: Access | undefined;
  /** The commands that were given, and what was asked for that takes long. */
  readonly told: unknown[] = [];
  readonly alerts = new FakeAlerts(this.told);
  readonly silences = new FakeSilences(this.told, () => this.alerts.list);
  readonly health = new FakeHealth();
  readonly metrics = new FakeMetrics(this.told);
  readonly backtests = new FakeBacktests(this.told);
  readonly notifications = new FakeNotifications(this.told);
  readonly reports = new FakeReports();
  readonly archive = new FakeBackup();
  readonly recorded = new RecordingMeter();
  readonly meter = this.recorded.meter;
  readonly #tickListeners = new Set<(at: number) => void>();

  readonly events: PipelineEvents = {
    alerts: this.alerts.stream,
    health: this.health.stream,
    reports: this.reports.stream,
    onTick: (listener) => {
      this.#tickListeners.add(listener);
      return () => this.#tickListeners.delete(listener);
    },
  };

  readonly read: PipelineReader = {
    ...this.alerts.read,
    ...this.silences.read,
    ...this.health.read,
    ...this.metrics.read,
    ...this.backtests.read,
    ...this.notifications.read,
    ...this.reports.read,
    rules: () => sampleRules,
    ruleWay: () => ({ receivers: ['nowhere'], fallsThrough: true, tellsNobody: true }),
    exchanges: () => sampleExchanges,
    plugins: () => samplePlugins,
    status: () => sampleStatus,
    stateLoss: () => undefined,
    configText: () => 'log:\n  level: info\n',
    alertmanagerText: () => 'route:\n  receiver: console\nreceivers:\n  - name: console\n',
    tokens: () => this.access.tokens.all(),
    sessions: () => this.access.sessions.all(),
    audit: (request) => this.access.audit.page(request),
    verifyAudit: () => this.access.audit.verify(),
  };

  readonly commands: PipelineCommands = {
    ...this.alerts.commands,
    ...this.silences.commands,
    ...this.health.commands,
    ...this.metrics.commands,
    ...this.notifications.commands,
    ...this.reports.commands,
    ...this.archive.commands,
    createToken: (wanted, actor) => this.access.createToken(wanted, actor),
    revokeToken: (name, actor) => this.access.revokeToken(name, actor),
    revokeSession: (id, actor) => this.access.revokeSession(id, actor),
    reloadConfig: (by) => {
      this.told.push({ what: 'reload', by });
      return Promise.resolve(accepted({ reloadedAt: 1_000, changed: ['route'], waitingForRestart: ['exchanges'] }));
    },
  };

  /** `access` only where somebody comes in. */
  constructor(access?: Access) {
    this.#access = access;
  }

  get access(): Access {
    if (this.#access === undefined) throw new Error('This pipeline was made without tokens and sessions');
    return this.#access;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  tick(at: number): void {
    for (const listener of this.#tickListeners) listener(at);
  }

  get tickListeners(): number {
    return this.#tickListeners.size;
  }
}
