import type { Alert, AlertEvent, CommandResult, ComponentHealth, HealthEvent, Page, Language } from '@tapewatch/model';
import { accepted, Labels, refused, severityOf } from '@tapewatch/model';
import type {
  Access,
  AlertGroupView,
  AlertFilter,
  BacktestProgress,
  BacktestRequest,
  BacktestResult,
  ChannelTest,
  DailyReport,
  MetricResult,
  MetricsSummary,
  Pipeline,
  PipelineCommands,
  PipelineEvents,
  PipelineReader,
  PostedAlert,
  QueryOptions,
  RaisedAlert,
  RoutedAlert,
  Readiness,
  Reload,
  StateArchive,
  ReportEvent,
  ReportFormat,
  ReportHead,
  ReportKind,
  ReportRequest,
  RuleWay,
  SilenceView,
  WantedSilence,
} from '@tapewatch/pipeline';
import { FakeEventStream } from './fake-event-stream.js';
import { FakeLedger } from './fake-ledger.js';
import { RecordingMeter } from './recording-meter.js';
import {
  sampleAlert,
  sampleBacktest,
  sampleChannels,
  sampleComponents,
  sampleExchanges,
  samplePlugins,
  sampleReport,
  sampleRules,
  sampleSilence,
  sampleStart,
  sampleStatus,
} from './sample-data.js';

/** A pipeline of fixed answers that tests can change, with events that tests let happen. */
export class FakePipeline implements Pipeline, PipelineReader, PipelineCommands {
  readonly #access: Access | undefined;
  readonly read: PipelineReader = this;
  readonly commands: PipelineCommands = this;
  readonly alertStream = new FakeEventStream<AlertEvent>();
  readonly healthStream = new FakeEventStream<HealthEvent>();
  readonly reportStream = new FakeEventStream<ReportEvent>();
  readonly recorded = new RecordingMeter();
  readonly meter = this.recorded.meter;
  readonly #tickListeners = new Set<(at: number) => void>();
  readonly events: PipelineEvents = {
    alerts: this.alertStream,
    health: this.healthStream,
    reports: this.reportStream,
    onTick: (listener) => {
      this.#tickListeners.add(listener);
      return () => this.#tickListeners.delete(listener);
    },
  };

  alertList: Alert[] = [sampleAlert()];
  silenceList: readonly SilenceView[] = [sampleSilence()];
  components: readonly ComponentHealth[] = sampleComponents;
  ready: Readiness = { ready: true, waitingFor: [], degraded: [] };
  /** Who did what. */
  readonly ledger = new FakeLedger();
  readonly told: unknown[] = [];
  /** How often a query was evaluated. */
  evaluations = 0;
  metricValue = 1;
  pushResult = { accepted: 1, rejected: 0, message: '' };
  /** When false, commands on alerts are not written in time. */
  diskKeepsUp = true;

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

  /** What a backup sends. */
  readonly archive = { content: [Buffer.from('an archive '), Buffer.from('in two pieces')], discarded: 0 };

  backup(): Promise<StateArchive> {
    const { content } = this.archive;
    if (!this.diskKeepsUp) return Promise.reject(new Error('database or disk is full'));
    return Promise.resolve({
      manifest: { program: 'tapewatch', format: 1, version: '0', createdAt: '', files: [], rows: {}, migrations: [] },
      bytes: Buffer.concat(content).length,
      content: async function* () {
        yield* content;
      },
      discard: () => Promise.resolve(void this.archive.discarded++),
    });
  }

  stateLoss(): string | undefined {
    return undefined;
  }

  readiness(): Readiness {
    return this.ready;
  }

  health() {
    return { status: 'degraded' as const, checkedAt: sampleStart, components: this.components };
  }

  healthHistory(request: Parameters<PipelineReader['healthHistory']>[0]): ReturnType<PipelineReader['healthHistory']> {
    const all = this.healthStream.events
      .filter((event) => request.component === undefined || event.component === request.component)
      .filter((event) => request.since === undefined || event.at >= request.since);
    return Promise.resolve(accepted(pageOf(all.toReversed(), request)));
  }

  uptimeRatio(component: string, rangeMs: number): Promise<number | undefined> {
    return Promise.resolve(component === 'exchange' && rangeMs === 86_400_000 ? 0.5 : undefined);
  }

  alerts(request: Parameters<PipelineReader['alerts']>[0]): ReturnType<PipelineReader['alerts']> {
    const wanted = this.compileAlertFilter(request.filter ?? {});
    if (!wanted.ok) return Promise.resolve(wanted);
    const found = this.alertList.filter(wanted.value);
    return Promise.resolve(accepted({ ...pageOf(found, request), totalCount: found.length }));
  }

  compileAlertFilter(filter: AlertFilter): CommandResult<(alert: Alert) => boolean> {
    const broken = filter.matchers?.some((matcher) => matcher.startsWith('!')) ?? false;
    if (broken) return refused('INVALID_INPUT', '1:1: a label name was expected', 'filter.matchers');
    return accepted((alert) => passes(alert, filter));
  }

  alert(id: string): Promise<Alert | undefined> {
    return Promise.resolve(this.alertList.find((alert) => alert.id === id));
  }

  alertHistory(id: string, last: number): Promise<readonly AlertEvent[]> {
    return Promise.resolve(this.alertStream.events.filter((event) => event.alertId === id).slice(-last));
  }

  alertSummary(): ReturnType<PipelineReader['alertSummary']> {
    const counts = { firing: 1, pending: 0, acknowledged: 0, silenced: 0, historyTotal: 7 };
    return Promise.resolve({
      ...counts,
      bySeverity: { critical: 1 },
      byName: { ExchangeFeedStale: 1 },
      lastFiredAt: sampleStart,
    });
  }

  routedAlerts(): readonly RoutedAlert[] {
    return this.alertList
      .filter(({ state }) => state === 'firing')
      .map((alert) => ({
        alert,
        updatedAt: alert.startsAt,
        endsAt: alert.endsAt ?? alert.startsAt + 240_000,
        generatorUrl: 'http://tapewatch.test/graph',
        receivers: ['console'],
        inhibitedBy: [],
      }));
  }

  alertGroups(): readonly AlertGroupView[] {
    return [{ receiver: 'console', labels: Labels.EMPTY, alerts: this.routedAlerts(), mutedBy: [] }];
  }

  receivers(): readonly string[] {
    return ['console'];
  }

  alertmanagerText(): string {
    return 'route:\n  receiver: console\nreceivers:\n  - name: console\n';
  }

  silences(matchers: readonly string[] = []): CommandResult<readonly SilenceView[]> {
    if (matchers.includes('{')) return refused('INVALID_INPUT', 'a label name was expected', 'matchers');
    return accepted(this.silenceList);
  }

  silence(id: string): SilenceView | undefined {
    return this.silenceList.find((silence) => silence.id === id);
  }

  previewSilence(matchers: readonly string[], since: number): ReturnType<PipelineReader['previewSilence']> {
    this.told.push({ what: 'preview', matchers, since });
    if (matchers.length === 0)
      return Promise.resolve(refused('INVALID_INPUT', 'at least one matcher is needed', 'input.matchers'));
    return Promise.resolve(accepted({ active: this.alertList, pastCount: 3, past: [] }));
  }

  setSilence(wanted: WantedSilence): Promise<CommandResult<SilenceView>> {
    this.told.push({ what: 'silence', ...wanted });
    const refusal = wanted.id === undefined || this.silence(wanted.id) !== undefined ? undefined : unknownSilence;
    return Promise.resolve(refusal ?? accepted(sampleSilence({ comment: wanted.comment })));
  }

  expireSilence(id: string): Promise<CommandResult<SilenceView>> {
    this.told.push({ what: 'expire', id });
    const silence = this.silence(id);
    return Promise.resolve(silence === undefined ? unknownSilence : accepted({ ...silence, state: 'expired' }));
  }

  rules() {
    return sampleRules;
  }

  ruleWay(): RuleWay {
    return { receivers: ['nowhere'], fallsThrough: true, tellsNobody: true };
  }

  query(text: string, at = sampleStart, _options?: QueryOptions): CommandResult<MetricResult> {
    this.evaluations++;
    if (text === 'boom') throw new Error('the secret of the evaluator');
    if (text.endsWith('(')) return refused('QUERY_INVALID', 'an expression was expected', `1:${text.length + 1}`);
    const values = Float64Array.of(this.metricValue);
    return accepted(resultOf('vector', at, Float64Array.of(at), values));
  }

  /** Of the backtests that were asked for. */
  readonly backtestSignals: AbortSignal[] = [];
  progress: BacktestProgress | undefined;

  /** One of a rule called `endless` lasts until it is cut short. */
  async backtest(request: BacktestRequest, signal?: AbortSignal): Promise<CommandResult<BacktestResult>> {
    this.told.push({ what: 'backtest', ...request });
    if (signal !== undefined) this.backtestSignals.push(signal);
    if (request.rule === 'endless')
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
    if (request.file?.text === 'broken')
      return refused('INVALID_INPUT', `${request.file.name}:1:1: not a mapping`, 'text');
    if (request.rule === 'Nobody') return refused('NOT_FOUND', 'no configured rule is called Nobody', 'rule');
    return accepted(sampleBacktest({ from: request.from, to: request.to }));
  }

  backtestProgress(): BacktestProgress | undefined {
    return this.progress;
  }

  formatQuery(text: string): CommandResult<string> {
    const { ok } = this.query(text);
    return ok ? accepted(`${text}\n`) : refused('QUERY_INVALID', 'an expression was expected', '1:1');
  }

  parseQuery(text: string): ReturnType<PipelineReader['parseQuery']> {
    const { ok } = this.query(text);
    return ok
      ? accepted({ type: 'vectorSelector', name: text })
      : refused('QUERY_INVALID', 'an expression was expected', '1:1');
  }

  queryRange(
    _text: string,
    from: number,
    to: number,
    stepMs: number,
    _options?: QueryOptions,
  ): CommandResult<MetricResult> {
    const times = Float64Array.from({ length: Math.floor((to - from) / stepMs) + 1 }, (_, i) => from + i * stepMs);
    return accepted(
      resultOf(
        'matrix',
        to,
        times,
        times.map((_, i) => [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i % 4] as number),
      ),
    );
  }

  series(selectors: readonly string[]): ReturnType<PipelineReader['series']> {
    if (selectors.includes('{')) return Promise.resolve(refused('QUERY_INVALID', 'a label name was expected', '1:2'));
    const all = [
      Labels.of({ __name__: 'exchange_up', venue: 'binance' }),
      Labels.of({ __name__: 'exchange_up', venue: 'kraken', 'odd.name': 'x' }),
    ];
    return Promise.resolve(accepted(all));
  }

  metadata() {
    const about = { type: 'gauge' as const, unit: '{state}', description: 'Whether it answers.' };
    return [
      { ...about, name: 'exchange_up', otelName: 'exchange.up' },
      { ...about, name: 'target_info', otelName: 'target.info' },
    ];
  }

  configText(): string {
    return 'log:\n  level: info\n';
  }

  metricsSummary(rangeMs: number, match?: string): CommandResult<MetricsSummary> {
    if (match === '{') return refused('QUERY_INVALID', 'a label name was expected', '1:2');
    const series = {
      name: 'exchange_up',
      otelName: 'exchange.up',
      labels: Labels.of({ venue: 'binance' }),
      unit: '{state}',
      count: 60,
    };
    return accepted({
      rangeMs,
      completeness: 1,
      samplesTotal: 60,
      lastTickAt: sampleStart,
      series: [{ ...series, min: 0, max: Number.NaN }],
    });
  }

  tokens() {
    return this.access.tokens.all();
  }

  sessions() {
    return this.access.sessions.all();
  }

  audit(request: Parameters<PipelineReader['audit']>[0]) {
    return this.access.audit.page(request);
  }

  verifyAudit() {
    return this.access.audit.verify();
  }

  createToken(...args: Parameters<PipelineCommands['createToken']>) {
    return this.access.createToken(...args);
  }

  revokeToken(...args: Parameters<PipelineCommands['revokeToken']>) {
    return this.access.revokeToken(...args);
  }

  revokeSession(...args: Parameters<PipelineCommands['revokeSession']>) {
    return this.access.revokeSession(...args);
  }

  exchanges() {
    return sampleExchanges;
  }

  channels() {
    return Promise.resolve(sampleChannels);
  }

  messagePreview(channel: string) {
    return this.ledger.messagePreview(channel);
  }

  notifications(...args: Parameters<PipelineReader['notifications']>) {
    return this.ledger.notifications(...args);
  }

  replayNotification(id: string) {
    this.told.push({ what: 'replay', id });
    return this.ledger.replayNotification(id);
  }

  replayDeadLetters(channel: string) {
    this.told.push({ what: 'replay all', channel });
    return this.ledger.replayDeadLetters(channel);
  }

  plugins() {
    return samplePlugins;
  }

  reports(request: { first: number; after?: string; kind?: ReportKind }) {
    const all = this.reportStream.events.map(({ report }) => report);
    const found = all.filter(({ kind }) => request.kind === undefined || kind === request.kind);
    return Promise.resolve(accepted(pageOf(found.toReversed(), request)));
  }

  report(id: string): Promise<ReportHead | undefined> {
    return Promise.resolve(this.reportStream.events.find(({ report }) => report.id === id)?.report);
  }

  async reportData(id: string): Promise<DailyReport | undefined> {
    // A report's figures are only handed on here.
    return (await this.report(id)) === undefined ? undefined : ({ version: 1 } as DailyReport);
  }

  async reportText(id: string, format: ReportFormat, language?: Language): Promise<string | undefined> {
    return (await this.report(id)) === undefined
      ? undefined
      : `${format} of ${id} in ${language ?? 'its own language'}`;
  }

  generateReport({ kind, from, to }: ReportRequest): Promise<CommandResult<ReportHead>> {
    if (kind !== 'daily') return Promise.resolve(refused('INVALID_INPUT', 'a portfolio is needed', 'kind'));
    const report = sampleReport({ from: from ?? sampleStart, to: to ?? sampleStart + 86_400_000 });
    this.reportStream.append({ at: sampleStart, report });
    return Promise.resolve(accepted(report));
  }

  status() {
    return sampleStatus;
  }

  prometheusText(): string {
    return '# TYPE exchange_up gauge\nexchange_up{venue="binance"} 1\n';
  }

  raiseAlert(raised: RaisedAlert): Promise<CommandResult<Alert>> {
    this.told.push({ what: 'raise', ...raised });
    if (raised.name === 'Spam') return Promise.resolve(refused('CONFLICT', 'held back: rate limit'));
    const first = this.alertList[0] as Alert;
    return Promise.resolve(accepted({ ...first, name: raised.name }));
  }

  postAlerts(posted: readonly PostedAlert[]): Promise<CommandResult<void>> {
    this.told.push({ what: 'post', posted });
    return Promise.resolve(accepted(undefined));
  }

  acknowledgeAlert(
    id: string,
    acknowledgement: { by: string; note?: string; until?: number },
  ): Promise<CommandResult<Alert>> {
    this.told.push({ what: 'acknowledge', id, ...acknowledgement });
    return this.#change(id, { acknowledgement: { at: sampleStart, ...acknowledgement } });
  }

  unacknowledgeAlert(id: string, by: string): Promise<CommandResult<Alert>> {
    this.told.push({ what: 'unacknowledge', id, by });
    return this.#change(id, {});
  }

  resolveAlert(id: string, by: string, reason?: string): Promise<CommandResult<Alert>> {
    this.told.push({ what: 'resolve', id, by, reason });
    const over = this.alertList.find((alert) => alert.id === id)?.state === 'resolved';
    if (over) return Promise.resolve(refused('CONFLICT', 'The alert is over already'));
    return this.#change(id, {
      state: 'resolved',
      resolvedBy: by,
      ...(reason === undefined ? {} : { resolutionReason: reason }),
    });
  }

  runHealthCheck(component: string): Promise<CommandResult<ComponentHealth>> {
    const found = this.components.find((candidate) => candidate.name === component);
    if (component === 'busy') return Promise.resolve(refused('UNAVAILABLE', 'The check is running'));
    return Promise.resolve(
      found === undefined ? refused('NOT_FOUND', `No check is named ${component}`) : accepted(found),
    );
  }

  testChannel(name: string, by: string): Promise<CommandResult<ChannelTest>> {
    this.told.push({ what: 'test', name, by });
    if (name !== 'console') return Promise.resolve(refused('NOT_FOUND', `No channel is named ${name}`));
    return Promise.resolve(accepted({ channel: name, outcome: 'sent', latencyMs: 3 }));
  }

  reloadConfig(by: string): Promise<CommandResult<Reload>> {
    this.told.push({ what: 'reload', by });
    return Promise.resolve(accepted({ reloadedAt: 1_000, changed: ['route'], waitingForRestart: ['exchanges'] }));
  }

  pushMetrics(body: Uint8Array, encoding: 'protobuf' | 'json'): ReturnType<PipelineCommands['pushMetrics']> {
    this.told.push({ what: 'push', encoding, bytes: body.length });
    if (Buffer.from(body).toString() === 'broken') return refused('INVALID_INPUT', 'the body is no JSON');
    return accepted(this.pushResult);
  }

  #change(id: string, change: Partial<Alert>): Promise<CommandResult<Alert>> {
    if (!this.diskKeepsUp) return Promise.resolve(refused('UNAVAILABLE', 'It could not be written to disk yet'));
    const alert = this.alertList.find((candidate) => candidate.id === id);
    if (alert === undefined) return Promise.resolve(refused('NOT_FOUND', `No alert has the id ${id}`));
    const changed = { ...alert, ...change };
    this.alertList = this.alertList.map((candidate) => (candidate.id === id ? changed : candidate));
    return Promise.resolve(accepted(changed));
  }
}

const unknownSilence = refused<SilenceView>('NOT_FOUND', 'No silence has this id', 'id');

function resultOf(kind: MetricResult['kind'], at: number, times: Float64Array, values: Float64Array): MetricResult {
  return { kind, at, series: [{ labels: Labels.of({ venue: 'binance' }), times, values }], warnings: [], infos: [] };
}

/** `after` is the place of the last item that was seen. */
function pageOf<T>(all: readonly T[], { first, after }: { readonly first: number; readonly after?: string }): Page<T> {
  const from = after === undefined ? 0 : Number(after) + 1;
  const items = all.slice(from, from + first).map((node, i) => ({ cursor: String(from + i), node }));
  return { items, hasNextPage: from + first < all.length };
}

function passes(alert: Alert, filter: AlertFilter): boolean {
  const severity = severityOf(alert.labels);
  return (
    (filter.states === undefined || filter.states.includes(alert.state)) &&
    (filter.severities === undefined || (severity !== undefined && filter.severities.includes(severity))) &&
    (filter.acknowledged === undefined || filter.acknowledged === (alert.acknowledgement !== undefined)) &&
    (filter.since === undefined || alert.startsAt >= filter.since) &&
    (filter.matchers ?? []).every((matcher) => {
      const [, name, value] = /^"?(\w+)"?="(.*)"$/.exec(matcher) ?? [];
      return name !== undefined && alert.labels.get(name) === value;
    })
  );
}
