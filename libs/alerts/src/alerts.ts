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
  type RuleTransition,
} from '@tapewatch/model';
import { AlertHistory } from './alert-history.js';
import { AlertJournal, type AlertDispatch, type Change } from './alert-journal.js';
import { observeActiveAlerts } from './alert-metrics.js';
import { AlertLimits, type AlertLimit } from './posted/alert-limits.js';
import { postedGroup, PostedAlerts, type Episodes } from './posted/posted-alerts.js';
import type { PostedAlert } from './posted/posted-alert.js';
import { postedOf, type RaisedAlert } from './posted/raise.js';
import { end, instanceKey, instanceOf, openAlert, refresh, type TrackedAlert } from './tracked-alert.js';

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
}

/** A command waits this long for the disk before it says that it could not be kept. */
const commandPatienceMs = 5_000;

/** What is true, and who has it in hand: every alert that is pending or firing, and the history of all. */
export class Alerts {
  readonly history: AlertHistory;
  /** What other programs have raised. */
  readonly posted: PostedAlerts;
  readonly #journal: AlertJournal;
  readonly #suppressed: (alert: Alert, reason: string) => void;
  readonly #limits: AlertLimits;
  readonly #clock: Clock;
  /** By rule and labels: the running episode, or one that was resolved by hand and is held. */
  readonly #tracked = new Map<string, TrackedAlert>();
  readonly #keyById = new Map<string, string>();

  /** Reads back what was under way when the program ended. */
  static async open(options: AlertsOptions): Promise<Alerts> {
    const history = new AlertHistory(options.database);
    const alerts = new Alerts(options, history);
    for (const tracked of await history.unfinished()) alerts.track(tracked);
    await alerts.#openPosted();
    return alerts;
  }

  private constructor(options: AlertsOptions, history: AlertHistory) {
    this.history = history;
    this.#clock = options.clock;
    this.#journal = new AlertJournal({ ...options, history });
    this.#suppressed = options.suppressed ?? (() => undefined);
    this.#limits = new AlertLimits(options.limits ?? []);
    this.posted = new PostedAlerts({
      ...options,
      episodes: this.#episodes(),
      limits: this.#limits,
      resolveTimeoutMs: options.resolveTimeoutMs ?? defaultResolveTimeoutMs,
    });
    observeActiveAlerts(options.meter, () => this.active());
  }

  /** Pending and firing ones. */
  active(): readonly Alert[] {
    return [...this.#tracked.values()].filter(({ held }) => !held).map(({ alert }) => alert);
  }

  /** For the rules, after a restart. */
  instances(): readonly AlertInstance[] {
    return [...this.#tracked.values()].filter((tracked) => !isPosted(tracked)).map(instanceOf);
  }

  /** False while history cannot be written. */
  get durable(): boolean {
    return this.#journal.healthy;
  }

  /** Takes what one group of rules found out. */
  accept(evaluation: Evaluation): void {
    const changes = evaluation.transitions.flatMap((transition) => this.transit(transition));
    for (const instance of evaluation.active) changes.push(...this.update(instance));
    changes.push(...this.lapse(evaluation.at));
    void this.#journal.write(changes);
  }

  /** Ends alerts whose rule is gone. */
  abandon(instances: readonly AlertInstance[], at: number): void {
    const changes = instances.flatMap((instance) => {
      const tracked = this.#tracked.get(instanceKey(instance));
      if (tracked === undefined) return [];
      const kind = instance.state === 'firing' ? ('resolved' as const) : ('inactive' as const);
      return this.finish(tracked, { at, kind, instance }, 'the rule is gone');
    });
    void this.#journal.write(changes);
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
    const tracked = this.#tracked.get(key);
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
    if (acknowledgement.until !== undefined && acknowledgement.until <= at)
      return refused('INVALID_INPUT', 'until lies in the past', 'until');
    const { alert, firstAcknowledgedAt } = tracked;
    const changed: TrackedAlert = {
      ...tracked,
      alert: { ...alert, acknowledgement: { ...acknowledgement, at } },
      firstAcknowledgedAt: firstAcknowledgedAt ?? at,
    };
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
    const done = this.command(changed, { at, kind: 'resolved', by, note: reason ?? null });
    if (isOver) this.forget(changed);
    return done;
  }

  async find(id: string): Promise<Alert | undefined> {
    const key = this.#keyById.get(id);
    return key === undefined ? this.history.find(id) : this.#tracked.get(key)?.alert;
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    await this.posted.stop();
    await this.#journal.stop();
  }

  async #openPosted(): Promise<void> {
    const now = this.#clock.now();
    if (this.#limits.longestWindowMs > 0) {
      const recent = await this.history.firedBetween(now - this.#limits.longestWindowMs, now + 1);
      for (const { alert } of recent)
        if (alert.rule.group === postedGroup) this.#limits.count(alert.name, alert.startsAt);
    }
    await this.posted.open([...this.#tracked.values()].filter(isPosted).map(instanceOf));
  }

  /** Posted alerts live by their own rules; their episodes and history are kept here like all others. */
  #episodes(): Episodes {
    return {
      active: () => this.active(),
      fire: (instance, at) => this.#journal.write(this.#fire(instance, at)),
      end: (instance, endsAt, at) => {
        const tracked = this.#tracked.get(instanceKey(instance));
        if (tracked === undefined) return { kept: Promise.resolve() };
        const [change] = this.finish(tracked, { at, kind: 'resolved', instance });
        if (change === undefined) return { kept: Promise.resolve() };
        const alert = { ...change.alert.alert, endsAt: tracked.held ? (tracked.alert.endsAt ?? endsAt) : endsAt };
        const kept = this.#journal.write([{ ...change, alert: { ...change.alert, alert } }]);
        return { alert, kept };
      },
      revise: (alert) => this.#journal.write([{ alert: { alert, held: false }, tell: true }]),
      suppress: (instance, at, reason) => {
        const { firedAt: _never, ...alert } = openAlert(instance);
        const ended: Alert = { ...alert, state: 'inactive', endsAt: Math.max(at, alert.startsAt) };
        this.#suppressed(ended, reason);
        const event = { at, kind: 'suppressed' as const, note: reason };
        return this.#journal.write([{ alert: { alert: ended, held: false }, event, tell: false }]);
      },
    };
  }

  #fire(instance: AlertInstance, at: number): Change[] {
    const tracked = this.#tracked.get(instanceKey(instance));
    if (tracked?.held === true) return [];
    const changed: TrackedAlert = {
      ...tracked,
      held: false,
      alert: tracked === undefined ? openAlert(instance) : refresh(tracked.alert, instance),
    };
    this.track(changed);
    return tracked === undefined
      ? [{ alert: changed, event: { at, kind: 'firing' }, tell: true }]
      : [{ alert: changed, tell: false }];
  }

  private transit(transition: RuleTransition): Change[] {
    const { instance, kind, at } = transition;
    const tracked = this.#tracked.get(instanceKey(instance));
    if (kind === 'resolved' || kind === 'inactive')
      return tracked === undefined ? [] : this.finish(tracked, transition);
    if (tracked?.held === true) return [];
    const alert = tracked === undefined ? openAlert(instance) : refresh(tracked.alert, instance);
    const changed = { ...tracked, held: false, alert };
    this.track(changed);
    return [{ alert: changed, event: { at, kind }, tell: hasFired(changed) }];
  }

  /** The rule has cleared: the episode ends, or the hold on one that was resolved by hand. */
  private finish(tracked: TrackedAlert, transition: RuleTransition, note?: string): Change[] {
    this.forget(tracked);
    if (tracked.held) return [{ alert: { ...tracked, held: false }, tell: false }];
    const ended = { ...tracked, alert: end(tracked.alert, transition) };
    const kind = ended.alert.state === 'resolved' ? ('resolved' as const) : ('inactive' as const);
    const event = { at: transition.at, kind, ...(note === undefined ? {} : { note }) };
    return [{ alert: ended, event, tell: hasFired(ended) }];
  }

  /** Fresh value and annotations stay in memory; what a restart needs is written. */
  private update(instance: AlertInstance): Change[] {
    const tracked = this.#tracked.get(instanceKey(instance));
    if (tracked === undefined || tracked.held) return [];
    const changed = { ...tracked, alert: refresh(tracked.alert, instance) };
    this.track(changed);
    return tracked.alert.keepFiringSince === changed.alert.keepFiringSince ? [] : [{ alert: changed, tell: false }];
  }

  /** Takes back acknowledgements whose time is up while the alert still stands. */
  private lapse(at: number): Change[] {
    const changes: Change[] = [];
    for (const tracked of this.#tracked.values()) {
      const until = tracked.alert.acknowledgement?.until;
      if (until === undefined || until > at || tracked.held) continue;
      const changed = withoutAcknowledgement(tracked);
      this.track(changed);
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
    const key = this.#keyById.get(id);
    const tracked = key === undefined ? undefined : this.#tracked.get(key);
    return tracked?.held === true ? undefined : tracked;
  }

  private async refuse(id: string): Promise<CommandResult<Alert>> {
    const past = await this.find(id);
    if (past === undefined) return refused('NOT_FOUND', `no alert has the id ${id}`, 'id');
    const since = new Date(past.endsAt ?? past.startsAt).toISOString();
    return refused('CONFLICT', `the alert is ${past.state} since ${since}`);
  }

  private async command(changed: TrackedAlert, event: NonNullable<Change['event']>): Promise<CommandResult<Alert>> {
    this.track(changed);
    const written = this.#journal.write([{ alert: changed, event, tell: hasFired(changed) }]);
    return (await this.kept(written)) ? accepted(changed.alert) : notKept();
  }

  /** Whether it was written before whoever asks has waited long enough. */
  private async kept(writing: Promise<void>): Promise<boolean> {
    let timer;
    const patience = new Promise<false>((resolve) => {
      timer = this.#clock.setTimeout(() => resolve(false), commandPatienceMs);
    });
    const kept = await Promise.race([writing.then(() => true), patience]);
    (timer as { cancel(): void } | undefined)?.cancel();
    return kept;
  }

  private track(tracked: TrackedAlert): void {
    const key = instanceKey(tracked.alert);
    this.#tracked.set(key, tracked);
    this.#keyById.set(tracked.alert.id, key);
  }

  private forget(tracked: TrackedAlert): void {
    this.#tracked.delete(instanceKey(tracked.alert));
    this.#keyById.delete(tracked.alert.id);
  }
}

function notKept(): CommandResult<never> {
  return refused('UNAVAILABLE', 'it holds for now, but could not be written to disk yet');
}

/** As Alertmanager's resolve_timeout. */
const defaultResolveTimeoutMs = 5 * 60_000;

function isPosted({ alert }: TrackedAlert): boolean {
  return alert.rule.group === postedGroup;
}

/** Nobody has heard of an alert that never fired; of one that did, every change may have to be told. */
function hasFired({ alert }: TrackedAlert): boolean {
  return alert.firedAt !== undefined;
}

function withoutAcknowledgement(tracked: TrackedAlert): TrackedAlert {
  const { acknowledgement: _ended, ...alert } = tracked.alert;
  return { ...tracked, alert };
}
