import type { Meter } from '@opentelemetry/api';
import type { Database } from '@tapewatch/database';
import type { Alert, AlertEvent, Clock, Logger, RuleTransition } from '@tapewatch/model';
import type { AlertHistory } from './alert-history.js';
import { AlertJournal, type AlertDispatch, type Change } from './alert-journal.js';
import { Inhibition } from './inhibition/inhibition.js';
import type { InhibitRule } from './inhibition/inhibit-rule.js';
import { Muting, sameMutes } from './muting.js';
import type { Silences } from './silences/silences.js';
import { end, hasFired, instanceKey, type TrackedAlert } from './tracked-alert.js';

export interface AlertBookOptions {
  readonly database: Database;
  readonly dispatch: AlertDispatch;
  readonly publish: (event: AlertEvent) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly history: AlertHistory;
  readonly silences: Silences;
  readonly inhibitRules: readonly InhibitRule[];
}

/**
 * Every alert that is under way. Changes of one turn of the event loop, of every group of rules, are put together: which alerts
 * silence and inhibition keep from people is decided when all of them are known, then they become durable and go on as one.
 */
export class AlertBook {
  readonly #clock: Clock;
  readonly #journal: AlertJournal;
  readonly #muting: Muting;
  /** By rule and labels: the running episode, or one that was resolved by hand and is held. */
  readonly #tracked = new Map<string, TrackedAlert>();
  readonly #keyById = new Map<string, string>();
  #unsettled: Change[] = [];
  /** What this turn will have written. */
  #turn: Promise<void> | undefined;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(options: AlertBookOptions) {
    this.#clock = options.clock;
    this.#journal = new AlertJournal(options);
    this.#muting = new Muting(options.silences, new Inhibition(options.inhibitRules), (id) => this.nameOf(id));
  }

  /** Pending and firing ones. */
  active(): readonly Alert[] {
    return [...this.#tracked.values()].filter(({ held }) => !held).map(({ alert }) => alert);
  }

  all(): Iterable<TrackedAlert> {
    return this.#tracked.values();
  }

  get(key: string): TrackedAlert | undefined {
    return this.#tracked.get(key);
  }

  byId(id: string): TrackedAlert | undefined {
    const key = this.#keyById.get(id);
    return key === undefined ? undefined : this.#tracked.get(key);
  }

  /** False while history cannot be written. */
  get durable(): boolean {
    return this.#journal.healthy;
  }

  /** Takes an alert as it is now; what changed of it is said by `note`. */
  keep(tracked: TrackedAlert): void {
    const key = instanceKey(tracked.alert);
    const before = this.#tracked.get(key);
    this.#tracked.set(key, tracked);
    if (before?.alert.id !== tracked.alert.id) {
      if (before !== undefined) this.#keyById.delete(before.alert.id);
      this.#keyById.set(tracked.alert.id, key);
    } else if (before.alert.state === tracked.alert.state && before.held === tracked.held) return;
    if (tracked.held) this.#muting.forget(key);
    else this.#muting.set(key, tracked.alert);
  }

  forget(tracked: TrackedAlert): void {
    const key = instanceKey(tracked.alert);
    this.#tracked.delete(key);
    this.#keyById.delete(tracked.alert.id);
    this.#muting.forget(key);
  }

  /** An episode is over, or the hold on one that was resolved by hand; the changes are to be noted. */
  finish(tracked: TrackedAlert, transition: RuleTransition, note?: string): Change[] {
    this.forget(tracked);
    if (tracked.held) return [{ alert: { ...tracked, held: false }, tell: false }];
    const ended = { ...tracked, alert: end(tracked.alert, transition) };
    const kind = ended.alert.state === 'resolved' ? ('resolved' as const) : ('inactive' as const);
    const event = { at: transition.at, kind, ...(note === undefined ? {} : { note }) };
    return [{ alert: ended, event, tell: hasFired(ended) }];
  }

  /** Takes changes, which are settled at the end of this turn; resolves once they are on disk. */
  note(changes: readonly Change[]): Promise<void> {
    this.#unsettled.push(...changes);
    this.#turn ??= Promise.resolve().then(() => this.settle());
    return this.#turn;
  }

  /**
   * Decides who is kept from people now, and writes what has changed. Resolves once that is on disk. With `tell` false nothing is
   * handed on: whoever is told next will be told of all.
   */
  settle({ tell = true } = {}): Promise<void> {
    this.#turn = undefined;
    const changes = this.#unsettled;
    this.#unsettled = [];
    const now = this.#clock.now();
    for (const key of this.#muting.due(now, this.#tracked)) changes.push(...this.mute(key, now));
    if (changes.length > 0)
      this.#lastWrite = this.#journal.write(tell ? changes : changes.map((change) => ({ ...change, tell: false })));
    return this.#lastWrite;
  }

  swapInhibitRules(rules: readonly InhibitRule[]): void {
    this.#muting.inhibition.swap(rules);
    void this.settle();
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    void this.settle();
    await this.#journal.stop();
  }

  private mute(key: string, at: number): readonly Change[] {
    const tracked = this.#tracked.get(key);
    if (tracked === undefined || tracked.held) return [];
    const { silencedBy: _silences, inhibitedBy: _inhibitors, ...alert } = tracked.alert;
    const mutes = this.#muting.mutesOf(key, tracked.alert);
    if (sameMutes(tracked.alert, mutes)) return [];
    const isFreed = tracked.alert.silencedBy !== undefined && mutes.silencedBy === undefined;
    const muted: TrackedAlert = { ...tracked, alert: { ...alert, ...mutes, ...(isFreed ? { freedAt: at } : {}) } };
    this.#tracked.set(key, muted);
    const tell = hasFired(muted);
    const events = this.#muting.eventsBetween(key, tracked.alert, mutes);
    if (events.length === 0) return [{ alert: muted, tell }];
    return events.map((event) => ({ alert: muted, event: { at, ...event }, tell }));
  }

  private nameOf(id: string): string {
    const name = this.byId(id)?.alert.name;
    return name === undefined ? id : `${name} ${id}`;
  }
}
