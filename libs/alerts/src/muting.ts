import type { Alert, AlertEventKind } from '@tapewatch/model';
import type { Inhibition } from './inhibition/inhibition.js';
import type { Cover, Silences } from './silences/silences.js';

/** Why people are not told of an alert now. */
export type Mutes = Pick<Alert, 'silencedBy' | 'inhibitedBy'>;

export interface MuteEvent {
  readonly kind: Extract<AlertEventKind, 'silenced' | 'unsilenced' | 'inhibited' | 'uninhibited'>;
  readonly note: string;
}

/** Knows of every alert that is under way whether silences cover it and other alerts inhibit it. */
export class Muting {
  readonly #silences: Silences;
  readonly inhibition: Inhibition;
  /** Names an alert for people. */
  readonly #nameOf: (id: string) => string;
  readonly #covers = new Map<string, Cover>();
  /** Who inhibits an alert, in words: at the end of it that alert is gone. */
  readonly #inhibitors = new Map<string, string>();
  /** Alerts that are new here. */
  #fresh = new Set<string>();

  constructor(silences: Silences, inhibition: Inhibition, nameOf: (id: string) => string) {
    this.#silences = silences;
    this.inhibition = inhibition;
    this.#nameOf = nameOf;
  }

  /** Called when an alert comes under way, and whenever it begins to fire or stops. */
  set(key: string, alert: Alert): void {
    if (!this.#covers.has(key)) this.#fresh.add(key);
    this.inhibition.set(key, alert, alert.state === 'firing');
  }

  forget(key: string): void {
    this.#fresh.delete(key);
    this.#covers.delete(key);
    this.#inhibitors.delete(key);
    this.inhibition.forget(key);
  }

  /** Keys of the alerts whose mutes may have changed since the last look; `alerts` are all that are under way. */
  due(now: number, alerts: ReadonlyMap<string, { readonly alert: Alert }>): ReadonlySet<string> {
    const due = new Set([...this.#fresh, ...this.inhibition.takeTouched()]);
    this.#fresh = new Set();
    const changed = this.#silences.look(now);
    if (changed.size === 0) return due;
    for (const [key, { alert }] of alerts) if (this.cover(key, alert).ids.some((id) => changed.has(id))) due.add(key);
    return due;
  }

  /** As of the last look. */
  mutesOf(key: string, alert: Alert): Mutes {
    const silencedBy = this.#silences.countingIn(this.cover(key, alert));
    const inhibitedBy = this.inhibition.inhibitorsOf(key);
    return {
      ...(silencedBy.length === 0 ? {} : { silencedBy }),
      ...(inhibitedBy.length === 0 ? {} : { inhibitedBy }),
    };
  }

  /** What has to be told of a change, with its cause. */
  eventsBetween(key: string, before: Mutes, after: Mutes): readonly MuteEvent[] {
    const events: MuteEvent[] = [];
    const silences = difference(before.silencedBy, after.silencedBy);
    const silencesOf = (ids: readonly string[]): string => ids.map((id) => this.#silences.describe(id)).join('; ');
    if (silences.added.length > 0) events.push({ kind: 'silenced', note: silencesOf(silences.added) });
    else if (silences.removed.length > 0 && after.silencedBy === undefined)
      events.push({ kind: 'unsilenced', note: silencesOf(silences.removed) });
    const inhibitors = difference(before.inhibitedBy, after.inhibitedBy);
    if (inhibitors.added.length > 0) {
      const note = inhibitors.added.map((id) => this.#nameOf(id)).join('; ');
      this.#inhibitors.set(key, note);
      events.push({ kind: 'inhibited', note });
    } else if (inhibitors.removed.length > 0 && after.inhibitedBy === undefined)
      events.push({ kind: 'uninhibited', note: this.#inhibitors.get(key) ?? inhibitors.removed.join('; ') });
    return events;
  }

  private cover(key: string, alert: Alert): Cover {
    const known = this.#covers.get(key);
    const cover = this.#silences.coverOf(alert.labels, known);
    if (cover !== known) this.#covers.set(key, cover);
    return cover;
  }
}

export function sameMutes(a: Mutes, b: Mutes): boolean {
  return sameList(a.silencedBy, b.silencedBy) && sameList(a.inhibitedBy, b.inhibitedBy);
}

function sameList(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

function difference(before: readonly string[] = [], after: readonly string[] = []) {
  return {
    added: after.filter((id) => !before.includes(id)),
    removed: before.filter((id) => !after.includes(id)),
  };
}
