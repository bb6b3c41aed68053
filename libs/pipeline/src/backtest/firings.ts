import { alertId } from '@tapewatch/alerts';
import type { AlertInstance, Evaluation } from '@tapewatch/model';
import type { Firing } from './backtest-result.js';

/** What every list of a backtest holds at most; totals count on. */
export const mostListed = 1_000;

type Open = { -readonly [Key in keyof Firing]: Firing[Key] };

export interface FiringTotals {
  readonly firings: number;
  readonly firingMs: number;
  readonly longestMs: number;
  readonly pendingOnly: number;
  readonly flaps: number;
}

/** Follows the alerts of a rule from evaluation to evaluation. */
export class Firings {
  readonly #fromMs: number;
  /** Of the first evaluation, which a hole at the beginning puts off. */
  #firstMs: number | undefined;
  readonly #flapWithinMs: number;
  readonly #all: Open[] = [];
  readonly #byId = new Map<string, Open>();
  readonly #open = new Map<string, Open>();
  readonly #endedAt = new Map<string, number>();
  #pendingOnly = 0;

  constructor(options: { readonly fromMs: number; readonly flapWithinMs: number }) {
    this.#fromMs = options.fromMs;
    this.#flapWithinMs = options.flapWithinMs;
  }

  take({ at, transitions, active }: Evaluation): void {
    if (at >= this.#fromMs) this.#firstMs ??= at;
    for (const { kind, instance } of transitions) {
      if (kind === 'firing') this.#begin(at, instance);
      else if (kind === 'resolved') this.#end(at, instance);
      else if (kind === 'inactive') this.#pendingOnly++;
    }
    if (this.#open.size === 0) return;
    for (const instance of active) this.#follow(instance);
  }

  /** In the order in which they began. */
  all(): readonly Firing[] {
    return this.#all;
  }

  /** By the id that its alert has in the ledger. */
  find(id: string): Firing | undefined {
    return this.#byId.get(id);
  }

  /** What still fires, fires until `endMs`. */
  totals(endMs: number): FiringTotals {
    const lengths = this.#all.map(({ firedAt, endsAt = endMs }) => endsAt - firedAt);
    return {
      firings: this.#all.length,
      firingMs: lengths.reduce((sum, ms) => sum + ms, 0),
      longestMs: lengths.reduce((most, ms) => Math.max(most, ms), 0),
      pendingOnly: this.#pendingOnly,
      flaps: this.#all.filter(({ flap }) => flap).length,
    };
  }

  #begin(at: number, instance: AlertInstance): void {
    const key = keyOf(instance);
    const endedAt = this.#endedAt.get(key);
    const { labels, startsAt, value, annotations } = instance;
    const firing: Open = {
      labels,
      startsAt,
      firedAt: at,
      fromStart: startsAt <= (this.#firstMs ?? this.#fromMs),
      maxValue: value,
      minValue: value,
      flap: endedAt !== undefined && at - endedAt <= this.#flapWithinMs,
      annotations,
    };
    this.#open.set(key, firing);
    this.#all.push(firing);
    this.#byId.set(alertId(instance), firing);
  }

  #end(at: number, instance: AlertInstance): void {
    const key = keyOf(instance);
    const firing = this.#open.get(key);
    this.#endedAt.set(key, at);
    this.#open.delete(key);
    if (firing !== undefined) firing.endsAt = at;
  }

  #follow(instance: AlertInstance): void {
    const firing = instance.state === 'firing' ? this.#open.get(keyOf(instance)) : undefined;
    if (firing === undefined) return;
    firing.annotations = instance.annotations;
    if (Number.isNaN(instance.value)) return;
    // From NaN on, the first number counts.
    if (!(firing.maxValue >= instance.value)) firing.maxValue = instance.value;
    if (!(firing.minValue <= instance.value)) firing.minValue = instance.value;
  }
}

function keyOf({ rule, labels }: AlertInstance): string {
  return `${rule.group}\u0000${rule.name}\u0000${labels.key}`;
}
