import { steadyTimeline } from '@tapewatch/model';
import type { AlertInstance, Labels, RuleRef, RuleTransition, Timeline } from '@tapewatch/model';
import type { LevelView } from './worse-levels.js';

/** One element of a rule's result, with its labels and annotations made. */
export interface AlertElement {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface AlertTiming {
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Most pending and firing alerts at once; 0 = any number. */
  readonly limit: number;
}

export interface StateChange {
  readonly transitions: readonly RuleTransition[];
  /** How many alerts there would have been, when that is over the limit; all of them are dropped then. */
  readonly overLimit?: number;
}

interface Entry {
  readonly instance: AlertInstance;
  /** It is from before a start, or before a jump of the ticks: that nothing is found may mean nothing yet. */
  readonly restored: boolean;
  /** What ticks had jumped over when it began to be there ... */
  readonly startSkippedMs: number;
  /** ... and when it was missing first. */
  readonly keepSkippedMs: number;
}

/**
 * The state machine of one rule's alerts, as in Prometheus 3: inactive -> pending -> firing -> inactive, with `for` and
 * `keep_firing_for`, which run by time that has passed: what ticks have jumped over does not count. Pure but for its own memory: time and results
 * are given to it.
 */
export class AlertStates {
  readonly #rule: RuleRef;
  readonly #timing: AlertTiming;
  readonly #timeline: Timeline;
  #entries = new Map<string, Entry>();
  /** Restored alerts may have fired under a shorter `for` than the rule has now. */
  #checkRaisedFor = false;

  constructor(rule: RuleRef, timing: AlertTiming, timeline = steadyTimeline) {
    this.#timeline = timeline;
    this.#rule = rule;
    this.#timing = timing;
  }

  /** `startedAt` is the time of the start: what lies after it is from before the wall clock was set back, and no time has passed since. */
  restore(instance: AlertInstance, startedAt = Infinity): void {
    const { skippedMs } = this.#timeline;
    const { startsAt, keepFiringSince = startsAt } = instance;
    this.#entries.set(instance.labels.key, {
      ...{ instance, restored: true },
      startSkippedMs: skippedMs + Math.max(0, startsAt - startedAt),
      keepSkippedMs: skippedMs + Math.max(0, keepFiringSince - startedAt),
    });
    this.#checkRaisedFor = true;
  }

  /** Goes on from the states of the same rule before a reload, whose `for` may have been shorter. */
  adopt(before: AlertStates): void {
    this.#entries = before.#entries;
    this.#checkRaisedFor = before.#checkRaisedFor || this.#timing.forMs > before.#timing.forMs;
  }

  /** Ticks have jumped: what its rule looks at is out of reach, as after a start. */
  skipped(): void {
    for (const [key, entry] of this.#entries) this.#entries.set(key, { ...entry, restored: true });
  }

  *active(): IterableIterator<AlertInstance> {
    for (const { instance } of this.#entries.values()) yield instance;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Takes the result of one evaluation, keyed by label key. `isHeld` says of a restored alert that is not in the result whether
   * that means nothing yet, because its data has not come in since the start. `levels` is what the worse levels of the rule say, when it has any.
   */
  apply(
    at: number,
    elements: ReadonlyMap<string, AlertElement>,
    isHeld: (instance: AlertInstance) => boolean,
    levels?: LevelView,
  ): StateChange {
    const before = this.#entries;
    const transitions: RuleTransition[] = [];
    const after = new Map<string, Entry>();
    const report = (kind: RuleTransition['kind'], instance: AlertInstance): void =>
      void transitions.push({ at, kind, instance });
    for (const [key, entry] of before) {
      if (levels?.isSuperseded(entry.instance.labels) === true) {
        report(endOf(entry.instance), entry.instance);
        continue;
      }
      const current = this.#checkRaisedFor ? this.#pulledBack(entry, at, report) : entry;
      const element = elements.get(key);
      const next =
        element === undefined
          ? this.#missing(current, at, isHeld, report)
          : this.#present(current, element, at, report);
      if (next !== undefined) after.set(key, next);
    }
    for (const [key, element] of elements)
      if (!before.has(key) && levels?.isSuperseded(element.labels) !== true)
        after.set(key, this.#born(element, at, levels?.stepsDown(element.labels) === true, report));
    this.#checkRaisedFor = false;
    return this.#within(after, before, transitions, at);
  }

  #within(
    after: Map<string, Entry>,
    before: ReadonlyMap<string, Entry>,
    transitions: readonly RuleTransition[],
    at: number,
  ): StateChange {
    const { limit } = this.#timing;
    const isOver = limit > 0 && after.size > limit;
    this.#entries = isOver ? new Map<string, Entry>() : after;
    if (!isOver) return { transitions };
    const dropped = [...before.values()].map(({ instance }): RuleTransition => ({
      at,
      kind: endOf(instance),
      instance,
    }));
    return { transitions: dropped, overLimit: after.size };
  }

  #born(element: AlertElement, at: number, stepsDown: boolean, report: Report): Entry {
    const { forMs } = this.#timing;
    // Something worse was told until now, so the lesser level does not wait: it counts as having been there for its whole `for` already. The one
    // millisecond more keeps the episode apart from one that a worse level ended and that began just then.
    const startsAt = stepsDown && forMs > 0 ? at - forMs - 1 : at;
    const pending: AlertInstance = { rule: this.#rule, ...element, state: 'pending', startsAt };
    if (at - startsAt < forMs) {
      report('pending', pending);
      return { ...this.#stamps(), instance: pending, restored: false };
    }
    const firing: AlertInstance = { ...pending, state: 'firing', firedAt: at };
    report('firing', firing);
    return { ...this.#stamps(), instance: firing, restored: false };
  }

  #present(entry: Entry, element: AlertElement, at: number, report: Report): Entry {
    const { instance } = entry;
    const fires = instance.state === 'pending' && this.#beenThere(entry, at) >= this.#timing.forMs;
    if (!fires && instance.keepFiringSince === undefined && isSame(instance, element)) return entry;
    const { keepFiringSince: _, ...rest } = instance;
    const fresh: AlertInstance = { ...rest, annotations: element.annotations, value: element.value };
    if (!fires) return { ...entry, instance: fresh };
    const firing: AlertInstance = { ...fresh, state: 'firing', firedAt: at };
    report('firing', firing);
    return { ...entry, instance: firing };
  }

  #missing(entry: Entry, at: number, isHeld: (instance: AlertInstance) => boolean, report: Report): Entry | undefined {
    const { instance, restored } = entry;
    if (restored && isHeld(instance)) return entry;
    if (instance.state === 'firing' && this.#timing.keepFiringForMs > 0) {
      const { keepFiringSince } = instance;
      const { skippedMs } = this.#timeline;
      if (keepFiringSince === undefined)
        return { ...entry, keepSkippedMs: skippedMs, instance: { ...instance, keepFiringSince: at } };
      if (at - keepFiringSince - (skippedMs - entry.keepSkippedMs) < this.#timing.keepFiringForMs) return entry;
    }
    report(endOf(instance), instance);
    return undefined;
  }

  /** A firing alert that has not been there for as long as a raised `for` now wants is pending again. */
  #pulledBack(entry: Entry, at: number, report: Report): Entry {
    const { instance } = entry;
    const { forMs } = this.#timing;
    const firedEarly = (instance.firedAt ?? at) - instance.startsAt < forMs;
    if (instance.state !== 'firing' || !firedEarly || this.#beenThere(entry, at) >= forMs) return entry;
    const { firedAt: _, keepFiringSince: __, ...rest } = instance;
    const pending: AlertInstance = { ...rest, state: 'pending' };
    report('pending', pending);
    return { ...entry, instance: pending };
  }

  #stamps(): Pick<Entry, 'startSkippedMs' | 'keepSkippedMs'> {
    const { skippedMs } = this.#timeline;
    return { startSkippedMs: skippedMs, keepSkippedMs: skippedMs };
  }

  #beenThere({ instance, startSkippedMs }: Entry, at: number): number {
    return at - instance.startsAt - (this.#timeline.skippedMs - startSkippedMs);
  }
}

type Report = (kind: RuleTransition['kind'], instance: AlertInstance) => void;

/** A pending alert that ends was never told. */
function endOf(instance: AlertInstance): 'resolved' | 'inactive' {
  return instance.state === 'firing' ? 'resolved' : 'inactive';
}

function isSame(instance: AlertInstance, element: AlertElement): boolean {
  return Object.is(instance.value, element.value) && instance.annotations === element.annotations;
}
