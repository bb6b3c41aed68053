import type { AlertInstance, Labels } from '@tapewatch/model';

/** What worse levels of the same rule mean for the alerts of a lesser one. */
export interface LevelView {
  /** A worse level fires for the same element. */
  isSuperseded(labels: Labels): boolean;
  /** A worse level has fired for the same element until now. */
  stepsDown(labels: Labels): boolean;
}

interface Level {
  active(): Iterable<AlertInstance>;
}

/** Watches the worse levels of a rule, which are evaluated before it. */
export class WorseLevels implements LevelView {
  readonly #levels: readonly Level[];
  #before = new Set<string>();
  #firing = new Set<string>();

  constructor(levels: readonly Level[]) {
    this.#levels = levels;
  }

  /** Before any level is evaluated: what was restored counts as having fired. */
  noteBefore(): void {
    this.#before = new Set([...this.#firing, ...this.#firingNow()]);
  }

  /** After the worse levels were evaluated, before the lesser one is. */
  look(): this {
    this.#firing = this.#firingNow();
    return this;
  }

  isSuperseded(labels: Labels): boolean {
    return this.#firing.size > 0 && this.#firing.has(elementKey(labels));
  }

  stepsDown(labels: Labels): boolean {
    return this.#before.size > 0 && this.#before.has(elementKey(labels));
  }

  #firingNow(): Set<string> {
    const keys = new Set<string>();
    for (const level of this.#levels)
      for (const { state, labels } of level.active()) if (state === 'firing') keys.add(elementKey(labels));
    return keys;
  }
}

/** The levels' alerts for one element differ in nothing else. */
function elementKey(labels: Labels): string {
  return labels.without('severity').key;
}
