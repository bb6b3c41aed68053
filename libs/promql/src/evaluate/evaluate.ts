import type { EvaluateOptions, QueryResult } from '../query-result.js';
import type { SeriesSource } from '../series-source.js';
import { EvaluationError } from '../errors.js';
import type { Expression } from '../syntax/ast.js';
import { nameOfType } from '../syntax/binary-checks.js';
import type { InstantVector } from './instant-vector.js';
import { LabelMemo } from './label-memo.js';
import { withoutName } from './label-projection.js';
import type { Plan } from './plan.js';
import { QueryPlanner } from './query-planner.js';
import { QueryRun } from './query-run.js';
import { readWindows, SeriesCollector, toVectorSamples } from './results.js';

/** A plan with the memo that takes names off its results. */
interface Prepared {
  readonly plan: Plan;
  readonly nameless: LabelMemo<InstantVector['labels'][number]>;
}

/** What was prepared for an expression lives as long as the expression does. */
const prepared = new WeakMap<Expression, Prepared>();

function prepare(expression: Expression): Prepared {
  const known = prepared.get(expression);
  if (known !== undefined) return known;
  const made = { plan: QueryPlanner.ofWholeQuery().plan(expression), nameless: new LabelMemo(withoutName) };
  prepared.set(expression, made);
  return made;
}

/**
 * Evaluates at one time. The same expression object, evaluated again, reuses what it found out about label sets.
 * Throws EvaluationError when the data allow no answer, and QueryLimitError.
 */
export function evaluateInstant(
  expression: Expression,
  source: SeriesSource,
  atMs: number,
  options: EvaluateOptions = {},
): QueryResult {
  const { plan, nameless } = prepare(expression);
  const run = new QueryRun(source, { startMs: atMs, endMs: atMs }, options);
  switch (plan.kind) {
    case 'string':
      return { kind: 'string', timeMs: atMs, value: plan.text, ...notesOf(run) };
    case 'scalar':
      return { kind: 'scalar', timeMs: atMs, value: plan.at(run, atMs), ...notesOf(run) };
    case 'vector': {
      const series = toVectorSamples(plan.at(run, atMs), nameless, expression.range);
      run.countPoints(series.length);
      return { kind: 'vector', timeMs: atMs, series, ...notesOf(run) };
    }
    case 'matrix':
      return { kind: 'matrix', series: readWindows(plan, run, atMs, nameless), ...notesOf(run) };
  }
}

/**
 * Evaluates at `fromMs`, `fromMs + stepMs`, ... up to `toMs`; the expression must be a scalar or an instant vector.
 * Throws as `evaluateInstant`.
 */
export function evaluateRange(
  expression: Expression,
  source: SeriesSource,
  fromMs: number,
  toMs: number,
  stepMs: number,
  options: EvaluateOptions = {},
): QueryResult {
  const { plan, nameless } = prepare(expression);
  if (plan.kind === 'string' || plan.kind === 'matrix') {
    const found = nameOfType(plan.kind);
    const message = `invalid expression type "${found}" for range query, must be Scalar or instant Vector`;
    throw new EvaluationError(message, expression.range);
  }
  if (!(stepMs > 0)) throw new EvaluationError('the step of a range query must be above zero', expression.range);
  const run = new QueryRun(source, { startMs: fromMs, endMs: toMs, stepMs }, options);
  const collector = new SeriesCollector(run, nameless, expression.range);
  for (let timeMs = fromMs; timeMs <= toMs; timeMs += stepMs) {
    run.checkDeadline(1);
    if (plan.kind === 'scalar') collector.addScalar(timeMs, plan.at(run, timeMs));
    else collector.addVector(timeMs, plan.at(run, timeMs));
  }
  return { kind: 'matrix', series: collector.finish(), ...notesOf(run) };
}

function notesOf(run: QueryRun): Pick<QueryResult, 'warnings' | 'infos'> {
  return { warnings: run.warnings, infos: run.infos };
}
