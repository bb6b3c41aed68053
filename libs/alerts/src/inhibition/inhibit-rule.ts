import type { Labels, Matcher } from '@tapewatch/model';
import { parseMatchers } from '@tapewatch/promql';
import { matchesAll } from '../silences/silence.js';

/** Alertmanager's inhibition rule: an alert that matches the target side is not told while one fires that matches the source side. */
export interface InhibitRule {
  readonly name?: string;
  readonly sourceMatchers: readonly string[];
  readonly targetMatchers: readonly string[];
  /** Labels that both must have with the same value; a missing one is the same as an empty one. */
  readonly equal: readonly string[];
}

/** How an alert stands to a rule; nothing of it changes while the alert lasts. */
export interface Part {
  readonly rule: CompiledRule;
  /** The values of the labels that must be equal. */
  readonly key: string;
  readonly source: boolean;
  readonly target: boolean;
}

interface Sources {
  /** Those that are no target of the rule themselves; alert ids by key, the longest standing first. */
  readonly pure: Map<string, string>;
  /** Those that match both sides: they do not inhibit others that do. */
  readonly both: Map<string, string>;
}

/** A rule with who is on which side of it now. */
export class CompiledRule {
  readonly name: string | undefined;
  readonly #source: readonly Matcher[];
  readonly #target: readonly Matcher[];
  readonly #equal: readonly string[];
  readonly #sources = new Map<string, Sources>();
  readonly #targets = new Map<string, Set<string>>();

  /** The matchers have been checked. */
  constructor({ name, sourceMatchers, targetMatchers, equal }: InhibitRule) {
    this.name = name;
    this.#source = sourceMatchers.flatMap((text) => parseMatchers(text));
    this.#target = targetMatchers.flatMap((text) => parseMatchers(text));
    this.#equal = [...new Set(equal)].sort();
  }

  /** Undefined when the alert is on neither side. */
  partOf(labels: Labels): Part | undefined {
    const source = matchesAll(this.#source, labels);
    const target = matchesAll(this.#target, labels);
    if (!source && !target) return undefined;
    return { rule: this, key: this.#equal.map((name) => labels.get(name)).join('\u0000'), source, target };
  }

  addSource({ key, target }: Part, alertKey: string, id: string): void {
    let sources = this.#sources.get(key);
    if (sources === undefined) this.#sources.set(key, (sources = { pure: new Map(), both: new Map() }));
    (target ? sources.both : sources.pure).set(alertKey, id);
  }

  removeSource({ key }: Part, alertKey: string): void {
    const sources = this.#sources.get(key);
    if (sources === undefined) return;
    sources.pure.delete(alertKey);
    sources.both.delete(alertKey);
    if (sources.pure.size + sources.both.size === 0) this.#sources.delete(key);
  }

  addTarget({ key }: Part, alertKey: string): void {
    let targets = this.#targets.get(key);
    if (targets === undefined) this.#targets.set(key, (targets = new Set()));
    targets.add(alertKey);
  }

  removeTarget({ key }: Part, alertKey: string): void {
    const targets = this.#targets.get(key);
    targets?.delete(alertKey);
    if (targets?.size === 0) this.#targets.delete(key);
  }

  targetsOf(key: string): Iterable<string> {
    return this.#targets.get(key) ?? [];
  }

  /** The id of the alert that inhibits a target; the one that stands longest. */
  inhibitorOf({ key, source }: Part): string | undefined {
    const sources = this.#sources.get(key);
    if (sources === undefined) return undefined;
    const [pure] = sources.pure.values();
    if (pure !== undefined || source) return pure;
    const [both] = sources.both.values();
    return both;
  }
}
