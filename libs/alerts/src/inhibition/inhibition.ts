import type { Alert } from '@tapewatch/model';
import { CompiledRule, type InhibitRule, type Part } from './inhibit-rule.js';

interface Known {
  readonly parts: readonly Part[];
  readonly alert: Alert;
  readonly firing: boolean;
}

/**
 * Which alert inhibits which, as Alertmanager has it: alerts that fire are sources, silenced and inhibited ones, too; those that
 * are pending or over are none. Kept up by change: what an alert costs does not grow with how many others there are.
 */
export class Inhibition {
  #rules: readonly CompiledRule[];
  readonly #known = new Map<string, Known>();
  /** Keys of alerts whose inhibitors may have changed. */
  #touched = new Set<string>();
  /** The same for whole sides of rules; spelt out once, however many of their sources come and go. */
  #touchedSides = new Map<CompiledRule, Set<string>>();

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules.map((rule) => new CompiledRule(rule));
  }

  /** Takes other rules; whom they inhibit is seen at once. */
  swap(rules: readonly InhibitRule[]): void {
    const known = [...this.#known];
    for (const [key] of known) this.forget(key);
    this.#rules = rules.map((rule) => new CompiledRule(rule));
    for (const [key, { alert, firing }] of known) this.set(key, alert, firing);
    this.#touched = new Set(this.#known.keys());
  }

  /** An alert that is under way. */
  set(key: string, alert: Alert, firing: boolean): void {
    const known = this.#known.get(key);
    if (known?.firing === firing && known.alert.id === alert.id) return;
    if (known !== undefined) this.forget(key);
    const parts = this.#rules.flatMap((rule) => rule.partOf(alert.labels) ?? []);
    this.#known.set(key, { parts, alert, firing });
    for (const part of parts) {
      if (part.target) part.rule.addTarget(part, key);
      if (part.source && firing) {
        part.rule.addSource(part, key, alert.id);
        this.touch(part);
      }
    }
    if (parts.length > 0) this.#touched.add(key);
  }

  /** It is over. */
  forget(key: string): void {
    const known = this.#known.get(key);
    if (known === undefined) return;
    this.#known.delete(key);
    this.#touched.delete(key);
    for (const part of known.parts) {
      if (part.target) part.rule.removeTarget(part, key);
      if (part.source && known.firing) {
        part.rule.removeSource(part, key);
        this.touch(part);
      }
    }
  }

  /** Those whose inhibitors may have changed since this was asked last. */
  takeTouched(): ReadonlySet<string> {
    const touched = this.#touched;
    for (const [rule, keys] of this.#touchedSides)
      for (const key of keys) for (const target of rule.targetsOf(key)) touched.add(target);
    this.#touched = new Set();
    this.#touchedSides = new Map();
    return touched;
  }

  /** Ids of alerts: of each rule at most one. */
  inhibitorsOf(key: string): readonly string[] {
    const ids = new Set<string>();
    for (const part of this.#known.get(key)?.parts ?? []) {
      const id = part.target ? part.rule.inhibitorOf(part) : undefined;
      if (id !== undefined) ids.add(id);
    }
    return [...ids];
  }

  private touch({ rule, key }: Part): void {
    const keys = this.#touchedSides.get(rule);
    if (keys === undefined) this.#touchedSides.set(rule, new Set([key]));
    else keys.add(key);
  }
}
