import { createNoopMeter } from '@opentelemetry/api';
import type { Clock, Logger } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import type { Expression, QueryResult } from '@tapewatch/promql';
import { evaluateInstant } from '@tapewatch/promql';
import { elementsOf } from '../engine/live-rule.js';
import { createRuleEngine } from '../engine/rule-engine.js';
import type { RuleEngine } from '../engine/rule-engine.js';
import type { RuleGroup } from '../rule-group.js';
import { sameAlerts, sameSamples, sortedAlerts, sortedSamples } from './expected-equal.js';
import { InputSeries } from './input-series.js';
import type { AlertExpectation, ExpectedAlert, RuleTest, RuleTestFile } from './rule-test-file.js';
import type { RuleTestFailure } from './rule-test-result.js';

type Timing = Pick<RuleTestFile, 'evaluationIntervalMs' | 'groupOrder' | 'fuzzyCompare'>;

/**
 * Runs one test: the production rule engine over the input, evaluation by evaluation, with the time of the test as its own. As promtool does:
 * every group is evaluated at the test's interval, and the first rule that fails ends the test.
 */
export function runRuleTest(
  test: RuleTest,
  timing: Timing,
  groups: readonly RuleGroup[],
  clock: Clock,
): readonly RuleTestFailure[] {
  return new RuleTestRun(test, timing, groups, clock).run();
}

class RuleTestRun {
  readonly #test: RuleTest;
  readonly #timing: Timing;
  readonly #series: InputSeries;
  readonly #engine: RuleEngine;
  readonly #failures: RuleTestFailure[] = [];
  /** Of the evaluation that is going on, or the last one. */
  #firing: ExpectedAlert[] = [];
  #at: number;

  constructor(test: RuleTest, timing: Timing, groups: readonly RuleGroup[], clock: Clock) {
    this.#test = test;
    this.#timing = timing;
    this.#at = test.startAt;
    this.#series = new InputSeries(test.series, test.startAt, test.intervalMs);
    this.#engine = createRuleEngine({
      groups: inOrder(groups, timing),
      query: (expression, at) => this.#query(expression, at),
      record: (at, samples) => {
        for (const { series, value } of samples)
          if (!this.#series.record(series, at, value))
            throw new Error(`${series.labels.toString()} has a value of this time already`);
      },
      ruleFailed: (_, rule, reason) =>
        void this.#failures.push({ kind: 'rule_error', rule, timeMs: this.#at - test.startAt, reason }),
      meter: createNoopMeter(),
      clock,
      logger: silent,
      externalUrl: () => test.externalUrl,
      externalLabels: test.externalLabels,
      next: ({ active }) => {
        for (const { state, labels, annotations } of active)
          if (state === 'firing') this.#firing.push({ labels, annotations });
      },
    });
  }

  run(): readonly RuleTestFailure[] {
    const { alerts, expressions, startAt } = this.#test;
    const { evaluationIntervalMs } = this.#timing;
    const lastMs = Math.max(0, ...alerts.map(({ evalTimeMs }) => evalTimeMs), ...expressions.map((e) => e.evalTimeMs));
    const waiting = [...alerts].sort((a, b) => a.evalTimeMs - b.evalTimeMs);
    for (this.#at = startAt; this.#at <= startAt + lastMs; this.#at += evaluationIntervalMs) {
      if (!this.#step()) return this.#failures;
      // What is expected between two evaluations is compared with the earlier one.
      const untilMs = this.#at - startAt + evaluationIntervalMs;
      while (waiting[0] !== undefined && waiting[0].evalTimeMs < untilMs) this.#compareAlerts(waiting.shift());
    }
    this.#compareExpressions();
    return this.#failures;
  }

  /** False when a rule failed, so that nothing after it means anything. */
  #step(): boolean {
    const before = this.#failures.length;
    this.#firing = [];
    try {
      this.#series.feedUntil(this.#at);
    } catch (error) {
      const timeMs = this.#at - this.#test.startAt;
      this.#failures.push({ kind: 'input_error', timeMs, reason: messageOf(error) });
      return false;
    }
    this.#engine.evaluate(this.#at);
    return this.#failures.length === before;
  }

  #compareAlerts(expectation: AlertExpectation | undefined): void {
    if (expectation === undefined) return;
    const { alertname, evalTimeMs: timeMs } = expectation;
    const expected = sortedAlerts(expectation.expected);
    const got = sortedAlerts(this.#firing.filter(({ labels }) => labels.get('alertname') === alertname));
    if (!sameAlerts(expected, got)) this.#failures.push({ kind: 'alerts', alertname, timeMs, expected, got });
  }

  #compareExpressions(): void {
    for (const { text, expression, evalTimeMs: timeMs, expected } of this.#test.expressions) {
      try {
        const got = sortedSamples(elementsOf(this.#query(expression, this.#test.startAt + timeMs)));
        const wanted = sortedSamples(expected);
        if (!sameSamples(wanted, got, this.#timing.fuzzyCompare))
          this.#failures.push({ kind: 'expression', expression: text, timeMs, expected: wanted, got });
      } catch (error) {
        this.#failures.push({ kind: 'expression_error', expression: text, timeMs, reason: messageOf(error) });
      }
    }
  }

  #query(expression: Expression, at: number): QueryResult {
    return evaluateInstant(expression, this.#series, at, { defaultStepMs: this.#timing.evaluationIntervalMs });
  }
}

/** Groups that the order does not name stand with the first one, in the order of their files. */
function inOrder(groups: readonly RuleGroup[], { groupOrder, evaluationIntervalMs }: Timing): readonly RuleGroup[] {
  const place = ({ name }: RuleGroup): number => Math.max(0, groupOrder.indexOf(name));
  return groups.map((group) => ({ ...group, intervalMs: evaluationIntervalMs })).sort((a, b) => place(a) - place(b));
}

/** What fails is told as the test's failure. */
const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
