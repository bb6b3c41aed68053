import type { Meter } from '@opentelemetry/api';
import type { Database } from '@tapewatch/database';
import {
  accepted,
  Labels,
  refused,
  type Acknowledgement,
  type Alert,
  type AlertEvent,
  type AlertInstance,
  type Clock,
  type CommandResult,
  type Evaluation,
  type Logger,
  type Timer,
} from '@tapewatch/model';
import { AlertBook } from './alert-book.js';
import { AlertHistory } from './alert-history.js';
import type { AlertDispatch, Change } from './alert-journal.js';
import { observeActiveAlerts } from './alert-metrics.js';
import { inTime } from './in-time.js';
import type { InhibitRule } from './inhibition/inhibit-rule.js';
import { AlertLimits, type AlertLimit } from './posted/alert-limits.js';
import type { PostedAlert } from './posted/posted-alert.js';
import { postedGroup, PostedAlerts, rememberedMs } from './posted/posted-alerts.js';
import { postedEpisodes } from './posted/posted-episodes.js';
import { postedOf, type RaisedAlert } from './posted/raise.js';
import { abandoned, judged } from './rule-episodes.js';
import type { SilenceLimits } from './silences/silence-draft.js';
import { Silences } from './silences/silences.js';
import { hasFired, instanceKey, instanceOf, withoutAcknowledgement, type TrackedAlert } from './tracked-alert.js';

export interface AlertsOptions {
  readonly database: Database;
  readonly dispatch: AlertDispatch;
  /** How many alerts of one name other programs may raise. */
  readonly limits?: readonly AlertLimit[];
  /** After this an alert of another program ends that nobody has sent again; 5 minutes when absent. */
  readonly resolveTimeoutMs?: number;
  /** Told of alerts that a limit holds back. */
  readonly suppressed?: (alert: Alert, reason: string) => void;
  /** Called with every event once it is durable, in order. */
  readonly publish: (event: AlertEvent) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Their matchers have been checked. */
  readonly inhibitRules?: readonly InhibitRule[];
  readonly silenceLimits?: SilenceLimits;
}

/** As Alertmanager's resolve_timeout. */
const defaultResolveTimeoutMs = 5 * 60_000;
/** The longest time between two looks at the clock: however it is set, what time brings is seen within a second. */
const longestPauseMs = 1_000;

/** What is true, and who has it in hand: every alert that is pending or firing, and the history of all. */
export class Alerts {
  readonly history: AlertHistory;
  readonly silences: Silences;
  /** What other programs have raised. */
  readonly posted: PostedAlerts;
  readonly #limits: AlertLimits;
  readonly #book: AlertBook;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #stopped = false;
  #restored: readonly Alert[] = [];
  /** When the clock is to be looked at next; never before the start. */
  #lookAt = Infinity;
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
    alerts.#restored = alerts.active();
    await alerts.#openPosted();
    return alerts;
  }

  private constructor(options: AlertsOptions, history: AlertHistory, silences: Silences) {
    this.history = history;
    this.silences = silences;
    this.#clock = options.clock;
    this.#book = new AlertBook({ ...options, history, silences, inhibitRules: options.inhibitRules ?? [] });
    this.#limits = new AlertLimits(options.limits ?? []);
    this.posted = new PostedAlerts({
      ...options,
      episodes: postedEpisodes(this.#book, options.suppressed ?? (() => undefined)),
      limits: this.#limits,
      resolveTimeoutMs: options.resolveTimeoutMs ?? defaultResolveTimeoutMs,
    });
    observeActiveAlerts(options.meter, () => this.active());
  }

  /** Begins to look at the clock: acknowledgements that lapse, silences that begin and end. */
  start(): void {
    if (this.#timer === undefined && !this.#stopped) this.look();
  }

  /** Pending and firing ones. */
  active(): readonly Alert[] {
    return this.#book.active();
  }

  /** What was pending or firing when the program started, whatever has become of it since: people may not have heard of it. */
  restored(): readonly Alert[] {
    return this.#restored;
  }

  /** For the rules, after a restart. */
  instances(): readonly AlertInstance[] {
    return [...this.#book.all()].filter((tracked) => !isPosted(tracked)).map(instanceOf);
  }

  /** False while history cannot be written. */
  get durable(): boolean {
    return this.#book.durable;
  }

  /** Takes what one group of rules found out. */
  accept(evaluation: Evaluation): void {
    const changes = judged(this.#book, evaluation);
    void this.#book.note([...changes, ...this.lapse(this.#clock.now())]);
  }

  /** Ends alerts whose rule is gone. */
  abandon(instances: readonly AlertInstance[], at: number): void {
    void this.#book.note(abandoned(this.#book, instances, at));
  }

  /** One that is under way, as it is now: a silence that begins at this time covers it, however late the timer is. */
  current(id: string): Alert | undefined {
    if (this.#clock.now() >= this.#lookAt) this.look();
    return this.underWay(id)?.alert;
  }

  /** A later step of its route was taken; `note` says which. */
  escalated(id: string, note: string): void {
    const tracked = this.underWay(id);
    if (tracked === undefined) return;
    const event = { at: this.#clock.now(), kind: 'escalated' as const, note };
    void this.#book.note([{ alert: tracked, event, tell: false }]);
  }

  /** Takes other inhibition rules, as a reload brings them. Their matchers have been checked. */
  swapInhibitRules(rules: readonly InhibitRule[]): void {
    this.#book.swapInhibitRules(rules);
  }

  /** Takes alerts of other programs, as Alertmanager does. */
  async post(posted: readonly PostedAlert[]): Promise<CommandResult<void>> {
    return (await this.kept(this.posted.post(posted))) ? accepted(undefined) : notKept();
  }

  /** Raises an alert by name; refuses what a limit holds back. */
  async raise(raised: RaisedAlert): Promise<CommandResult<Alert>> {
    const posted = postedOf(raised, this.#clock.now());
    if (!posted.ok) return posted;
    const kept = await this.kept(this.posted.post([posted.value]));
    const { labels } = posted.value;
    const key = instanceKey({ rule: { group: postedGroup, name: raised.name }, labels: Labels.of(labels) });
    const tracked = this.#book.get(key);
    const held = this.posted.suppressionOf(labels);
    if (held !== undefined) return refused('CONFLICT', `held back: ${held}`);
    if (tracked === undefined || tracked.held)
      return refused('CONFLICT', 'it was resolved by hand, and has not cleared since');
    return kept ? accepted(tracked.alert) : notKept();
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
    const at = this.#clock.now();
    return this.command(withoutAcknowledgement(tracked, at), { at, kind: 'unacknowledged', by });
  }

  /** It stays resolved until its rule has cleared once. */
  async resolve(id: string, by: string, reason?: string): Promise<CommandResult<Alert>> {
    const tracked = this.underWay(id);
    if (tracked === undefined) return this.refuse(id);
    const at = this.#clock.now();
    const { keepFiringSince: _past, ...alert } = tracked.alert;
    const isOver = isPosted(tracked) && this.posted.resolved({ ...alert, endsAt: at });
    const changed: TrackedAlert = {
      ...tracked,
      held: !isOver,
      alert: {
        ...alert,
        state: 'resolved',
        endsAt: at,
        resolvedBy: by,
        ...(reason === undefined ? {} : { resolutionReason: reason }),
      },
    };
    if (!isOver) return this.command(changed, { at, kind: 'resolved', by, note: reason ?? null });
    this.#book.forget(changed);
    return this.keepInHistory(changed, { at, kind: 'resolved', by, note: reason ?? null });
  }

  async find(id: string): Promise<Alert | undefined> {
    return this.#book.byId(id)?.alert ?? this.history.find(id);
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.posted.stop();
    await this.#book.stop();
  }

  async #openPosted(): Promise<void> {
    const now = this.#clock.now();
    if (this.#limits.longestWindowMs > 0) {
      const recent = await this.history.firedBetween(now - this.#limits.longestWindowMs, now + 1);
      for (const { alert } of recent)
        if (alert.rule.group === postedGroup) this.#limits.count(alert.name, alert.startsAt);
    }
    const past = await this.history.endedSince(postedGroup, now - rememberedMs);
    await this.posted.open([...this.#book.all()].filter(isPosted).map(instanceOf), past);
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
    void this.#book.note(this.lapse(now));
    void this.#book.settle();
    this.#timer?.cancel();
    const pauseMs = Math.max(1, Math.min(longestPauseMs, this.silences.quietMs(now), this.#lapseAt - now));
    this.#lookAt = now + pauseMs;
    this.#timer = this.#clock.setTimeout(() => this.look(), pauseMs);
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
      const changed = withoutAcknowledgement(tracked, at);
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

  private command(changed: TrackedAlert, event: NonNullable<Change['event']>): Promise<CommandResult<Alert>> {
    this.#book.keep(changed);
    return this.keepInHistory(changed, event);
  }

  private async keepInHistory(
    changed: TrackedAlert,
    event: NonNullable<Change['event']>,
  ): Promise<CommandResult<Alert>> {
    void this.#book.note([{ alert: changed, event, tell: hasFired(changed) }]);
    const kept = await this.kept(this.#book.settle());
    return kept ? accepted(this.#book.byId(changed.alert.id)?.alert ?? changed.alert) : notKept();
  }

  /** Whether it was written before whoever asks has waited long enough. */
  private kept(writing: Promise<void>): Promise<boolean> {
    return inTime(
      this.#clock,
      writing.then(() => true),
    );
  }
}

function notKept(): CommandResult<never> {
  return refused('UNAVAILABLE', 'it holds for now, but could not be written to disk yet');
}

function isPosted({ alert }: TrackedAlert): boolean {
  return alert.rule.group === postedGroup;
}
