import type { Meter } from '@opentelemetry/api';
import type { Database } from '@tapewatch/database';
import {
  accepted,
  refused,
  type Acknowledgement,
  type Alert,
  type AlertEvent,
  type AlertInstance,
  type Clock,
  type CommandResult,
  type Evaluation,
  type Logger,
  type RuleTransition,
  type Timer,
} from '@tapewatch/model';
import { AlertBook } from './alert-book.js';
import { AlertHistory } from './alert-history.js';
import type { AlertDispatch, Change } from './alert-journal.js';
import { observeActiveAlerts } from './alert-metrics.js';
import { inTime } from './in-time.js';
import type { InhibitRule } from './inhibition/inhibit-rule.js';
import type { SilenceLimits } from './silences/silence-draft.js';
import { Silences } from './silences/silences.js';
import {
  end,
  hasFired,
  instanceKey,
  instanceOf,
  openAlert,
  refresh,
  withoutAcknowledgement,
  type TrackedAlert,
} from './tracked-alert.js';

export interface AlertsOptions {
  readonly database: Database;
  readonly dispatch: AlertDispatch;
  /** Called with every event once it is durable, in order. */
  readonly publish: (event: AlertEvent) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Their matchers have been checked. */
  readonly inhibitRules?: readonly InhibitRule[];
  readonly silenceLimits?: SilenceLimits;
}

/** The longest time between two looks at the clock: however it is set, what time brings is seen within a second. */
const longestPauseMs = 1_000;

/** What is true, and who has it in hand: every alert that is pending or firing, and the history of all. */
export class Alerts {
  readonly history: AlertHistory;
  readonly silences: Silences;
  readonly #book: AlertBook;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #stopped = false;
  /** When the next acknowledgement lapses. */
  #lapseAt = Infinity;

  /** Reads back what was under way when the program ended; silences and inhibition hold before anybody is told anything. */
  static async open(options: AlertsOptions): Promise<Alerts> {
    const { database, clock, logger, silenceLimits } = options;
    const history = new AlertHistory(database);
    const silences = await Silences.open({
      ...{ database, clock, logger },
      ...(silenceLimits === undefined ? {} : { limits: silenceLimits }),
    });
    const alerts = new Alerts(options, history, silences);
    silences.onChange(() => alerts.look());
    alerts.restore(await history.unfinished());
    return alerts;
  }

  private constructor(options: AlertsOptions, history: AlertHistory, silences: Silences) {
    this.history = history;
    this.silences = silences;
    this.#clock = options.clock;
    this.#book = new AlertBook({ ...options, history, silences, inhibitRules: options.inhibitRules ?? [] });
    observeActiveAlerts(options.meter, () => this.active());
  }

  /** Begins to look at the clock: acknowledgements that lapse, silences that begin and end. After whoever is told has been started. */
  start(): void {
    if (this.#timer === undefined && !this.#stopped) this.look();
  }

  /** Pending and firing ones. */
  active(): readonly Alert[] {
    return this.#book.active();
  }

  /** For the rules, after a restart. */
  instances(): readonly AlertInstance[] {
    return [...this.#book.all()].map(instanceOf);
  }

  /** False while history cannot be written. */
  get durable(): boolean {
    return this.#book.durable;
  }

  /** Takes what one group of rules found out. */
  accept(evaluation: Evaluation): void {
    const changes = evaluation.transitions.flatMap((transition) => this.transit(transition));
    for (const instance of evaluation.active) changes.push(...this.update(instance));
    changes.push(...this.lapse(evaluation.at));
    this.#book.note(changes);
  }

  /** Ends alerts whose rule is gone. */
  abandon(instances: readonly AlertInstance[], at: number): void {
    const changes = instances.flatMap((instance) => {
      const tracked = this.#book.get(instanceKey(instance));
      if (tracked === undefined) return [];
      const kind = instance.state === 'firing' ? ('resolved' as const) : ('inactive' as const);
      return this.finish(tracked, { at, kind, instance }, 'the rule is gone');
    });
    this.#book.note(changes);
  }

  /** Takes other inhibition rules, as a reload brings them. Their matchers have been checked. */
  swapInhibitRules(rules: readonly InhibitRule[]): void {
    this.#book.swapInhibitRules(rules);
  }

  async acknowledge(id: string, acknowledgement: Omit<Acknowledgement, 'at'>): Promise<CommandResult<Alert>> {
    const tracked = this.underWay(id);
    if (tracked === undefined) return this.refuse(id);
    const at = this.#clock.now();
    const { until } = acknowledgement;
    if (until !== undefined && until <= at) return refused('INVALID_INPUT', 'until lies in the past', 'until');
    const { alert, firstAcknowledgedAt } = tracked;
    const changed: TrackedAlert = {
      ...tracked,
      alert: { ...alert, acknowledgement: { ...acknowledgement, at } },
      firstAcknowledgedAt: firstAcknowledgedAt ?? at,
    };
    this.#lapseAt = Math.min(this.#lapseAt, until ?? Infinity);
    return this.command(changed, {
      at,
      kind: 'acknowledged',
      by: acknowledgement.by,
      note: acknowledgement.note ?? null,
    });
  }

  async unacknowledge(id: string, by: string): Promise<CommandResult<Alert>> {
    const tracked = this.underWay(id);
    if (tracked === undefined) return this.refuse(id);
    if (tracked.alert.acknowledgement === undefined) return refused('CONFLICT', 'the alert is not acknowledged');
    return this.command(withoutAcknowledgement(tracked), { at: this.#clock.now(), kind: 'unacknowledged', by });
  }

  /** It stays resolved until its rule has cleared once. */
  async resolve(id: string, by: string, reason?: string): Promise<CommandResult<Alert>> {
    const tracked = this.underWay(id);
    if (tracked === undefined) return this.refuse(id);
    const at = this.#clock.now();
    const { keepFiringSince: _past, ...alert } = tracked.alert;
    const changed: TrackedAlert = {
      ...tracked,
      held: true,
      alert: {
        ...alert,
        state: 'resolved',
        endsAt: at,
        resolvedBy: by,
        ...(reason === undefined ? {} : { resolutionReason: reason }),
      },
    };
    return this.command(changed, { at, kind: 'resolved', by, note: reason ?? null });
  }

  async find(id: string): Promise<Alert | undefined> {
    return this.#book.byId(id)?.alert ?? this.history.find(id);
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#book.stop();
  }

  private restore(tracked: readonly TrackedAlert[]): void {
    for (const one of tracked) this.#book.keep(one);
    this.#lapseAt = -Infinity;
    void this.#book.settle({ tell: false });
  }

  /** What time has brought. */
  private look(): void {
    if (this.#stopped) return;
    const now = this.#clock.now();
    this.#book.note(this.lapse(now));
    void this.#book.settle();
    this.#timer?.cancel();
    const pauseMs = Math.min(longestPauseMs, this.silences.quietMs(now), this.#lapseAt - now);
    this.#timer = this.#clock.setTimeout(() => this.look(), Math.max(1, pauseMs));
  }

  private transit(transition: RuleTransition): Change[] {
    const { instance, kind, at } = transition;
    const tracked = this.#book.get(instanceKey(instance));
    if (kind === 'resolved' || kind === 'inactive')
      return tracked === undefined ? [] : this.finish(tracked, transition);
    if (tracked?.held === true) return [];
    const alert = tracked === undefined ? openAlert(instance) : refresh(tracked.alert, instance);
    const changed = { ...tracked, held: false, alert };
    this.#book.keep(changed);
    return [{ alert: changed, event: { at, kind }, tell: hasFired(changed) }];
  }

  /** The rule has cleared: the episode ends, or the hold on one that was resolved by hand. */
  private finish(tracked: TrackedAlert, transition: RuleTransition, note?: string): Change[] {
    this.#book.forget(tracked);
    if (tracked.held) return [{ alert: { ...tracked, held: false }, tell: false }];
    const ended = { ...tracked, alert: end(tracked.alert, transition) };
    const kind = ended.alert.state === 'resolved' ? ('resolved' as const) : ('inactive' as const);
    const event = { at: transition.at, kind, ...(note === undefined ? {} : { note }) };
    return [{ alert: ended, event, tell: hasFired(ended) }];
  }

  /** Fresh value and annotations stay in memory; what a restart needs is written. */
  private update(instance: AlertInstance): Change[] {
    const tracked = this.#book.get(instanceKey(instance));
    if (tracked === undefined || tracked.held) return [];
    const changed = { ...tracked, alert: refresh(tracked.alert, instance) };
    this.#book.keep(changed);
    return tracked.alert.keepFiringSince === changed.alert.keepFiringSince ? [] : [{ alert: changed, tell: false }];
  }

  /** Takes back acknowledgements whose time is up while the alert still stands. */
  private lapse(at: number): Change[] {
    if (at < this.#lapseAt) return [];
    const changes: Change[] = [];
    this.#lapseAt = Infinity;
    for (const tracked of this.#book.all()) {
      const until = tracked.alert.acknowledgement?.until;
      if (until === undefined || tracked.held) continue;
      if (until > at) {
        this.#lapseAt = Math.min(this.#lapseAt, until);
        continue;
      }
      const changed = withoutAcknowledgement(tracked);
      this.#book.keep(changed);
      changes.push({
        alert: changed,
        event: { at, kind: 'unacknowledged', note: 'its time is up' },
        tell: hasFired(changed),
      });
    }
    return changes;
  }

  /** From memory alone: between looking and changing nothing may happen. */
  private underWay(id: string): TrackedAlert | undefined {
    const tracked = this.#book.byId(id);
    return tracked?.held === true ? undefined : tracked;
  }

  private async refuse(id: string): Promise<CommandResult<Alert>> {
    const past = await this.find(id);
    if (past === undefined) return refused('NOT_FOUND', `no alert has the id ${id}`, 'id');
    const since = new Date(past.endsAt ?? past.startsAt).toISOString();
    return refused('CONFLICT', `the alert is ${past.state} since ${since}`);
  }

  private async command(changed: TrackedAlert, event: NonNullable<Change['event']>): Promise<CommandResult<Alert>> {
    this.#book.keep(changed);
    this.#book.note([{ alert: changed, event, tell: hasFired(changed) }]);
    const kept = await inTime(
      this.#clock,
      this.#book.settle().then(() => true),
    );
    return kept
      ? accepted(this.#book.byId(changed.alert.id)?.alert ?? changed.alert)
      : refused('UNAVAILABLE', 'it holds for now, but could not be written to disk yet');
  }
}
