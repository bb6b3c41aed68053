import { createNoopMeter } from '@opentelemetry/api';
import { alertId, alertMigrations, Alerts, SilenceStore, type InhibitRule, type Silence } from '@tapewatch/alerts';
import type { RouteConfig } from '@tapewatch/config';
import { openScratchDatabase, type Database } from '@tapewatch/database';
import type { Clock, Evaluation, Language } from '@tapewatch/model';
import { Notifier, notifyMigrations, RouteTree, type TimeWindows } from '@tapewatch/notify';
import { evaluateInstant, horizonMs, type QueryLimits, type SeriesSource } from '@tapewatch/promql';
import { createRuleEngine, type RuleEngine, type RuleGroup } from '@tapewatch/rules';
import type {
  BacktestFault,
  BacktestNotification,
  BacktestOutcome,
  BacktestTotals,
  TimeRange,
} from './backtest-result.js';
import { FaultLog } from './fault-log.js';
import { Firings, mostListed } from './firings.js';
import { heldKeys, heldNotifications, notSent } from './held-notifications.js';
import { RecordedNotifications, type ReplayReceiver } from './recorded-notifications.js';
import type { ReplayHistory } from './replay-history.js';
import { ReplaySource } from './replay-source.js';
import { accepts, askedBy, selectorsIn, warmUpMs, type Subject } from './subject.js';
import { settled, VirtualClock } from './virtual-clock.js';

export interface RuleReplayOptions {
  readonly subject: Subject;
  readonly history: ReplayHistory;
  readonly route: RouteConfig;
  readonly receivers: readonly ReplayReceiver[];
  /** Of the first evaluation. */
  readonly fromMs: number;
  readonly flapWithinMs: number;
  readonly timeWindows: TimeWindows;
  readonly inhibitRules: readonly InhibitRule[];
  /** They hold at their times. */
  readonly silences: readonly Silence[];
  readonly externalUrl: string;
  readonly language?: Language;
  /** The real one, for how long a query may take. */
  readonly clock: Clock;
}

/** As in production, where ticks wait for the rules. */
const limits = { maxSamples: 20_000_000, maxSeries: 100_000, maxPoints: 1_000_000 };
const maxQueryMs = 700;
/** What becomes of alerts as series. */
const alertSeries = ['ALERTS', 'ALERTS_FOR_STATE'];
const meter = createNoopMeter();
/** With some to spare. */
const lookbackMs = 600_000;
const keptForEver = Number.MAX_SAFE_INTEGER;

/** A rule with everything that comes after it (the state of its alerts, routes, groups, the outbox), run over the past by a clock of its own. */
export class RuleReplay {
  readonly subject: Subject;
  readonly #options: RuleReplayOptions;
  readonly #clock: VirtualClock;
  readonly #source: ReplaySource;
  readonly #faults: FaultLog;
  readonly #firings: Firings;
  readonly #notifications: RecordedNotifications;
  readonly #writes: boolean;
  readonly #database: Database;
  readonly #alerts: Alerts;
  readonly #notifier: Notifier;
  readonly #recorders: readonly RuleGroup[];
  #warming: RuleEngine | undefined;
  #engine: RuleEngine;
  #evaluations = 0;
  #changed = false;

  static async open(options: RuleReplayOptions): Promise<RuleReplay> {
    const database = await openScratchDatabase([...alertMigrations, ...notifyMigrations]);
    const clock = new VirtualClock(options.fromMs);
    const notifications = new RecordedNotifications(options.receivers);
    const faults = new FaultLog(() => clock.now());
    const { route, externalUrl, language, timeWindows, inhibitRules } = options;
    // What was ended by hand has the time of that as its end.
    await new SilenceStore(database).write(options.silences.map((silence) => ({ ...silence, ended: false })));
    const notifier = new Notifier({
      ...{ database, route, timeWindows, clock, meter, logger: faults },
      receivers: notifications.receivers(),
      notificationsKeptMs: keptForEver,
      externalUrl: () => externalUrl,
      random: () => 0.5,
      ...(language === undefined ? {} : { language }),
    });
    const alerts = await Alerts.open({
      ...{ database, inhibitRules, clock, meter, logger: faults },
      dispatch: notifier,
      publish: () => undefined,
    });
    await notifier.start(alerts.active(), (id) => alerts.find(id));
    if (options.silences.length > 0) alerts.start();
    return new RuleReplay(options, { clock, faults, notifications, database, alerts, notifier });
  }

  private constructor(
    options: RuleReplayOptions,
    parts: {
      readonly clock: VirtualClock;
      readonly faults: FaultLog;
      readonly notifications: RecordedNotifications;
      readonly database: Database;
      readonly alerts: Alerts;
      readonly notifier: Notifier;
    },
  ) {
    const { subject, history } = options;
    this.subject = subject;
    this.#options = options;
    this.#clock = parts.clock;
    this.#faults = parts.faults;
    this.#notifications = parts.notifications;
    this.#database = parts.database;
    this.#alerts = parts.alerts;
    this.#notifier = parts.notifier;
    this.#firings = new Firings(options);
    this.#source = sourceOf(subject, history, parts.faults);
    const written = [...alertSeries, ...subject.recorded.map(({ name }) => name)];
    this.#writes = selectorsIn(askedBy(subject).map(({ expression }) => expression)).some((matchers) =>
      written.some((name) => accepts(matchers, name)),
    );
    this.#recorders = subject.groups
      .map((group) => ({ ...group, rules: group.rules.filter(({ makes }) => makes === 'series') }))
      .filter(({ rules }) => rules.length > 0);
    this.#engine = this.#engineOf(subject.groups);
  }

  /** When its recording rules have to begin. */
  get beginsMs(): number {
    return this.#options.fromMs - warmUpMs(this.subject);
  }

  /** Before the first evaluation of the rule: its recording rules alone. */
  warmUp(at: number): void {
    if (at < this.beginsMs || this.#recorders.length === 0) return;
    this.#warming ??= this.#engineOf(this.#recorders);
    this.#source.moveTo(at);
    this.#warming.evaluate(at);
  }

  /** One evaluation, and all that follows from it before the next. */
  async evaluate(at: number): Promise<void> {
    await this.#clock.advanceTo(at);
    this.#source.moveTo(at);
    this.#changed = false;
    this.#engine.evaluate(at);
    if (this.#changed) await settled();
  }

  /** What its rules see now. */
  get source(): SeriesSource {
    return this.#source;
  }

  /** The program began to run with the first second of the range: for a while the rules give their sources time to report. */
  start(): void {
    this.#engine.restore([], this.#options.fromMs);
  }

  /** The program did not run in this time; then it starts, as it always does, with the alerts that it knew. */
  restart({ from, to }: TimeRange): void {
    this.#clock.skipTo(to);
    this.#source.endRecorded(from);
    this.#engine = this.#engineOf(this.subject.groups);
    this.#engine.restore(this.#alerts.instances(), to);
  }

  /** Everything that is due at `endMs`, too, is done; nothing may follow. */
  async end(endMs: number): Promise<BacktestOutcome> {
    await this.#clock.advanceTo(endMs + 1);
    const { subject } = this;
    const firings = this.#firings.all();
    const routes = new RouteTree(this.#options.route);
    const sent = this.#notifications.sent();
    const held = await notSent(this.#notifier);
    const unsent = [
      ...heldNotifications(held, this.#firings, this.#options.receivers),
      ...this.#notifications.unsent(firings, routes, endMs, heldKeys(held, this.#firings)),
    ];
    const notifications = [...sent, ...unsent].sort((a, b) => a.at - b.at);
    return {
      rules: subject.alerts.map(({ group, rule }) => ({
        ...{ group: group.name, kind: rule.kind, query: rule.query },
        ...{ forMs: rule.forMs, keepFiringForMs: rule.keepFiringForMs, intervalMs: group.intervalMs },
      })),
      recorded: subject.recorded.map(({ name }) => name),
      firings: firings.slice(0, mostListed),
      notifications: notifications.slice(0, mostListed),
      totals: this.#totals(endMs, sent, unsent),
      faults: this.faults(),
    };
  }

  /** Also those that the outcome does not list. */
  allFirings(): ReturnType<Firings['all']> {
    return this.#firings.all();
  }

  faults(): readonly BacktestFault[] {
    return this.#faults.all();
  }

  async close(): Promise<void> {
    await this.#notifier.stop();
    await this.#alerts.stop();
    await this.#database.close();
  }

  #totals(
    endMs: number,
    sent: readonly BacktestNotification[],
    unsent: readonly BacktestNotification[],
  ): BacktestTotals {
    return {
      evaluations: this.#evaluations,
      ...this.#firings.totals(endMs),
      sent: sent.length,
      notSent: unsent.length,
    };
  }

  #engineOf(groups: readonly RuleGroup[]): RuleEngine {
    const { clock, externalUrl, language } = this.#options;
    return createRuleEngine({
      ...{ groups, meter, alertId, clock: this.#clock, logger: this.#faults },
      query: (expression, at) => evaluateInstant(expression, this.#source, at, { limits: queryLimits(clock) }),
      // Nobody else reads what they write.
      ...(this.#writes ? { record: this.#source.record } : {}),
      externalUrl: () => externalUrl,
      ...(language === undefined ? {} : { language }),
      ruleFailed: (_group, rule, reason) => this.#faults.note(rule, reason),
      next: (evaluation) => this.#accept(evaluation),
    });
  }

  #accept(evaluation: Evaluation): void {
    if (evaluation.at >= this.#options.fromMs) this.#evaluations++;
    this.#firings.take(evaluation);
    if (evaluation.transitions.length > 0) this.#changed = true;
    this.#alerts.accept(evaluation);
  }
}

function queryLimits(clock: Clock): QueryLimits {
  const endMs = clock.monotonic() + maxQueryMs;
  return { ...limits, deadline: () => clock.monotonic() > endMs };
}

/** Stored series of what the replay itself works out do not count: recorded ones, and the alerts of the rule. */
function sourceOf(subject: Subject, history: ReplayHistory, logger: FaultLog): ReplaySource {
  const recorded = new Set(subject.recorded.map(({ name }) => name));
  const furthestMs = askedBy(subject)
    .map(({ expression, queryOffsetMs }) => horizonMs(expression, 0) + queryOffsetMs)
    .filter(Number.isFinite)
    .reduce((most, ms) => Math.max(most, ms), 0);
  return new ReplaySource({
    history,
    logger,
    recordedMs: furthestMs + lookbackMs,
    isReplaced: (labels) => {
      const name = labels.get('__name__');
      return recorded.has(name) || (alertSeries.includes(name) && labels.get('alertname') === subject.name);
    },
  });
}
