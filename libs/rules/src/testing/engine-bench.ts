import type { AlertInstance, Evaluation, RuleTransition } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { parse } from '@tapewatch/promql';
import type { RuleEngine, RuleEngineOptions } from '../engine/rule-engine.js';
import { createRuleEngine } from '../engine/rule-engine.js';
import type { RuleKinds } from '../rule-file/load-options.js';
import { loadRuleFiles } from '../rule-file/load-rule-files.js';
import type { RuleGroup } from '../rule-group.js';
import type { RuleView } from '../rule-view.js';
import { levelsKind, promqlKind } from './promql-kind.js';
import { RecordedSeries } from './recorded-series.js';
import { RecordingMeter } from './recording-meter.js';

export const benchStart = Date.UTC(2026, 0, 1);

type Files = Readonly<Record<string, string>>;

const kindOf: RuleKinds = (type) => ({ promql: promqlKind, levels: levelsKind })[type];

export function groupsOf(files: Files, kinds: RuleKinds = kindOf): Promise<readonly RuleGroup[]> {
  return loadRuleFiles(Object.keys(files), kinds, (file) => Promise.resolve(files[file] ?? ''));
}

/** The engine over series written by hand, whose results and alerts are series, too. Time is in seconds since `benchStart`. */
export class EngineBench {
  readonly series: RecordedSeries;
  readonly meter = new RecordingMeter();
  readonly logger = new RecordingLogger();
  readonly evaluations: Evaluation[] = [];
  readonly engine: RuleEngine;

  constructor(groups: readonly RuleGroup[], options: Partial<RuleEngineOptions> = {}, series = new RecordedSeries()) {
    this.series = series;
    this.engine = createRuleEngine({
      groups,
      query: series.query,
      record: (at, samples) => {
        for (const {
          series: { labels },
          value,
        } of samples)
          if (value === undefined) series.end(labels.toObject(), at);
          else series.add(labels.toObject(), at, value);
      },
      meter: this.meter.meter,
      clock: new FakeClock(benchStart),
      logger: this.logger,
      externalUrl: () => 'http://localhost:8080',
      next: (evaluation) => this.evaluations.push(evaluation),
      alertId: ({ labels, startsAt }) => `${labels.toString()}@${startsAt}`,
      ...options,
    });
  }

  static async of(files: Files | string, options: Partial<RuleEngineOptions> = {}): Promise<EngineBench> {
    return new EngineBench(await groupsOf(typeof files === 'string' ? { 'a.yaml': files } : files), options);
  }

  /** Adds samples at a second, by series as in `m{a="x"}`; `undefined` ends the series. */
  sample(second: number, values: Readonly<Record<string, number | undefined>>): this {
    for (const [text, value] of Object.entries(values)) {
      const labels = labelsOf(text);
      if (value === undefined) this.series.end(labels, benchStart + second * 1000);
      else this.series.add(labels, benchStart + second * 1000, value);
    }
    return this;
  }

  /** Evaluates at a second and says what changed, as in `High{a="x"} firing`. */
  at(second: number): readonly string[] {
    const before = this.evaluations.length;
    this.engine.evaluate(benchStart + second * 1000);
    return this.evaluations.slice(before).flatMap(({ transitions }) => transitions.map(said));
  }

  /** What is active after the last evaluation of each group, as in `High{a="x"} pending`. */
  get active(): readonly AlertInstance[] {
    const last = new Map(this.evaluations.map((evaluation) => [evaluation.group, evaluation]));
    return [...last.values()].flatMap(({ active }) => active);
  }

  get activeTexts(): readonly string[] {
    return this.active.map((instance) => said({ at: 0, kind: instance.state, instance }));
  }

  /** An instant query at a second, as `labels value` in order of the labels. */
  query(text: string, second: number): readonly string[] {
    const result = this.series.query(parse(text), benchStart + second * 1000);
    if (result.kind !== 'vector') throw new Error(`${text} is a ${result.kind}`);
    return result.series.map(({ labels, value }) => `${labels.toString()} ${value}`).sort();
  }

  rule(name: string): RuleView {
    const found = this.engine.views().flatMap(({ rules }) => rules.filter((rule) => rule.name === name))[0];
    if (found === undefined) throw new Error(`there is no rule ${name}`);
    return found;
  }
}

export function said({ kind, instance }: RuleTransition): string {
  const name = instance.labels.get('alertname');
  const labels = instance.labels.without('alertname');
  return `${name}${labels.size === 0 ? '' : labels.toString()} ${kind}`;
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const expression = parse(text);
  if (expression.kind !== 'selector') throw new Error(`${text} is no series`);
  return Object.fromEntries(expression.matchers.map(({ name, value }) => [name, value]));
}
