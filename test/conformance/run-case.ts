import type { Expression, QueryResult } from '@tapewatch/promql';
import { evaluateInstant, evaluateRange, parse, UnsupportedError } from '@tapewatch/promql';
import { checkFailure, checkNotes, checkResult, checkScalar, checkVector, Mismatch } from './compare.js';
import { pinnedQueries } from './pinned-queries.js';
import type { EvalCommand } from './script.js';
import { RefusedValueMet } from './script-storage.js';
import type { ScriptStorage } from './script-storage.js';

export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Needs what the engine refuses. */
  | { readonly kind: 'skipped'; readonly feature: string };

/** Runs one eval with all its repetitions; never throws. */
export function runCase(command: EvalCommand, storage: ScriptStorage): Outcome {
  try {
    if ('atMs' in command.when) runInstant(command, storage, command.when.atMs);
    else {
      const { fromMs, toMs, stepMs } = command.when;
      const result = attempt(command, () => evaluateRange(parse(command.expression), storage, fromMs, toMs, stepMs));
      if (result !== undefined) check(command, result);
    }
    return { kind: 'passed' };
  } catch (error) {
    if (error instanceof UnsupportedError || error instanceof RefusedValueMet) {
      return { kind: 'skipped', feature: error.feature };
    }
    const { name, message } = error as Error;
    return { kind: 'failed', reason: error instanceof Mismatch ? message : `${name}: ${message}` };
  }
}

/** undefined when the query failed as it should. */
function attempt({ expected }: EvalCommand, evaluate: () => QueryResult): QueryResult | undefined {
  let result: QueryResult;
  try {
    result = evaluate();
  } catch (error) {
    if (error instanceof UnsupportedError || error instanceof RefusedValueMet) throw error;
    if (expected.fail === undefined) throw error;
    checkFailure(expected.fail, error as Error);
    return undefined;
  }
  if (expected.fail !== undefined) throw new Mismatch('expected an error, got a result');
  return result;
}

function check(command: EvalCommand, result: QueryResult): void {
  checkNotes(command.expected, result);
  checkResult(command, result);
}

function runInstant(command: EvalCommand, storage: ScriptStorage, atMs: number): void {
  runAt(command, storage, command.expression, command.expected.steps?.toMs ?? atMs);
  let expression: Expression;
  try {
    expression = parse(command.expression);
  } catch {
    return; // as the script expects, otherwise the case had failed
  }
  for (const query of pinnedQueries(expression, command.expected.steps?.toMs ?? atMs)) {
    const where = `${query.expression} at ${query.atMs} ms`;
    repetition(where, () => runAt(command, storage, query.expression, query.atMs));
  }
}

function runAt(command: EvalCommand, storage: ScriptStorage, text: string, atMs: number): void {
  const result = attempt(command, () => evaluateInstant(parse(text), storage, atMs));
  if (result === undefined) return;
  check(command, result);
  if (result.kind !== 'scalar' && result.kind !== 'vector') return;
  repetition('as a range query', () => checkMiddle(command, storage, text, atMs, result.kind));
}

const aroundMs = 60_000;

/** The step in the middle of a range query is the instant query. */
function checkMiddle(
  { expected }: EvalCommand,
  storage: ScriptStorage,
  text: string,
  atMs: number,
  kind: 'scalar' | 'vector',
): void {
  if (/(?:start|end|range|step)\(\)/.test(text)) return;
  const result = evaluateRange(parse(text), storage, atMs - aroundMs, atMs + aroundMs, aroundMs);
  if (expected.ordered || result.kind !== 'matrix') return;
  const samples = result.series.flatMap(({ labels, times, values }) => {
    const i = times.indexOf(atMs);
    return i < 0 ? [] : [{ labels, value: values[i] as number }];
  });
  if (kind === 'scalar') checkScalar(expected, samples[0]?.value ?? NaN);
  else checkVector(expected, samples, false);
}

/** A repetition may look further than the case itself; where it meets what is refused it proves nothing. */
function repetition(where: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (error instanceof RefusedValueMet) return;
    throw new Mismatch(`${where}: ${(error as Error).message}`);
  }
}
