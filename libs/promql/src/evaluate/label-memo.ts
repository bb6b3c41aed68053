import type { Labels } from '@tapewatch/model';

/** How much larger than its last use a memo may grow before it starts anew. */
const slack = 256;

/**
 * Keeps what was derived from label sets, by the identity of the label set: an expression that is evaluated each
 * second meets the same objects each time. What it holds for series that are gone is bounded by twice the series that
 * are in use.
 */
export class LabelMemo<T> {
  readonly #kept = new Map<Labels, T>();
  readonly #derive: (labels: Labels) => T;

  constructor(derive: (labels: Labels) => T) {
    this.#derive = derive;
  }

  /** To be called before each pass with the number of label sets it will ask for; true when all was forgotten. */
  expect(count: number): boolean {
    if (this.#kept.size <= 2 * count + slack) return false;
    this.#kept.clear();
    return true;
  }

  of(labels: Labels): T {
    const known = this.#kept.get(labels);
    if (known !== undefined) return known;
    const derived = this.#derive(labels);
    this.#kept.set(labels, derived);
    return derived;
  }
}

/** The samples that an operation puts together, known by the labels they share. */
export interface LabelGroup {
  readonly labels: Labels;
  /** Tells passes apart, so that no table of groups has to be made for each. */
  pass: number;
  /** For the one who makes the passes: what this group is in the current pass. */
  slot: number;
}

/** Puts label sets into groups by a projection of them. */
export class LabelGroups {
  readonly #memo: LabelMemo<LabelGroup>;
  readonly #byKey = new Map<string, LabelGroup>();
  #pass = 0;

  constructor(project: (labels: Labels) => Labels) {
    this.#memo = new LabelMemo((labels) => this.#intern(project(labels)));
  }

  /** Starts a pass over `count` label sets and gives its number. */
  begin(count: number): number {
    if (this.#memo.expect(count)) this.#byKey.clear();
    return ++this.#pass;
  }

  of(labels: Labels): LabelGroup {
    return this.#memo.of(labels);
  }

  #intern(labels: Labels): LabelGroup {
    const known = this.#byKey.get(labels.key);
    if (known !== undefined) return known;
    const group: LabelGroup = { labels, pass: 0, slot: 0 };
    this.#byKey.set(labels.key, group);
    return group;
  }
}
