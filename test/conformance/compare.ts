import type { Labels } from '@tapewatch/model';
import type { QueryResult, VectorSample } from '@tapewatch/promql';
import { formatNote } from '@tapewatch/promql';
import type { EvalCommand, ExpectedText, Expectation, LoadedSeries, LoadedValue, Steps } from './script.js';

/** The result is not what the script expects. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

export function checkFailure(expected: ExpectedText, error: Error): void {
  if (expected.kind === 'any' || expected.matches(error.message)) return;
  throw new Mismatch(`expected the error ${expected.text}, got ${error.message}`);
}

export function checkNotes(expected: Expectation, result: QueryResult): void {
  const warnings = result.warnings.map(formatNote);
  const infos = result.infos.map(formatNote);
  checkNotesOf('warning', expected.warn, warnings);
  checkNotesOf('info', expected.info, infos);
  if (expected.noWarn && warnings.length > 0) throw new Mismatch(`expected no warning, got ${warnings.join('; ')}`);
  if (expected.noInfo && infos.length > 0) throw new Mismatch(`expected no info, got ${infos.join('; ')}`);
}

/** Without any expectation anything goes; otherwise all must be met, and nothing else may be told. */
function checkNotesOf(kind: string, expected: readonly ExpectedText[], found: readonly string[]): void {
  if (expected.length === 0) return;
  const fits = (wanted: ExpectedText, text: string): boolean => wanted.kind === 'any' || wanted.matches(text);
  for (const wanted of expected) {
    if (found.some((text) => fits(wanted, text))) continue;
    throw new Mismatch(`expected the ${kind} ${wanted.kind === 'any' ? '' : wanted.text}, got ${list(found)}`);
  }
  const surplus = found.find((text) => !expected.some((wanted) => fits(wanted, text)));
  if (surplus !== undefined) throw new Mismatch(`unexpected ${kind} ${surplus}`);
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? 'none' : texts.join('; ');
}

/** Compares the value of a query; order counts where the script says so. */
export function checkResult({ expected, when }: EvalCommand, result: QueryResult): void {
  switch (result.kind) {
    case 'scalar':
      return checkScalar(expected, result.value);
    case 'string':
      if (expected.text !== result.value) {
        throw new Mismatch(`expected the string ${JSON.stringify(expected.text)}, got ${JSON.stringify(result.value)}`);
      }
      return;
    case 'vector':
      return checkVector(expected, result.series, expected.ordered);
    case 'matrix':
      return checkMatrix(expected, 'stepMs' in when ? when : expected.steps, result);
  }
}

export function checkScalar({ scalar }: Expectation, value: number): void {
  if (scalar === undefined) throw new Mismatch(`expected series, got the scalar ${value}`);
  if (!almostEqual(scalar, value)) throw new Mismatch(`expected the scalar ${scalar}, got ${value}`);
}

export function checkVector(expected: Expectation, samples: readonly VectorSample[], ordered: boolean): void {
  if (expected.scalar !== undefined) throw new Mismatch(`expected a scalar, got ${samples.length} series`);
  const wanted = byLabels(expected.series);
  samples.forEach(({ labels, value }, i) => {
    const target = take(wanted, labels, String(value));
    if (ordered && expected.series[i]?.labels.key !== labels.key) {
      throw new Mismatch(`${labels.toString()} is at position ${i + 1}, where it should not be`);
    }
    checkValue(labels, target.values[0], value, '');
  });
  refuseMissing(wanted);
}

function checkMatrix(expected: Expectation, steps: Steps | undefined, result: QueryResult): void {
  if (result.kind !== 'matrix') return;
  if (expected.ordered) throw new Mismatch('expected an order, which a matrix has not');
  if (expected.scalar !== undefined) throw new Mismatch('expected a scalar, got a matrix');
  const wanted = byLabels(expected.series);
  for (const { labels, times, values } of result.series) {
    const points = pointsOf(take(wanted, labels, values.join(' ')), steps);
    const found = Array.from(values, (value, i) => `${value} at ${times[i] as number} ms`).join(', ');
    if (points.length !== values.length) {
      throw new Mismatch(`expected ${points.length} points of ${labels.toString()}, got ${found}`);
    }
    points.forEach(({ timeMs, value }, i) => {
      if (times[i] !== timeMs) throw new Mismatch(`expected ${labels.toString()} at ${timeMs} ms, got ${found}`);
      checkValue(labels, value, values[i] as number, ` at ${timeMs} ms`);
    });
  }
  refuseMissing(wanted);
}

function pointsOf(
  { labels, values }: LoadedSeries,
  steps: Steps | undefined,
): { timeMs: number; value: LoadedValue }[] {
  const { fromMs, toMs, stepMs } = steps ?? { fromMs: 0, toMs: Infinity, stepMs: 1 };
  return values.flatMap((value, i) => {
    const timeMs = fromMs + i * stepMs;
    if (timeMs > toMs)
      throw new Mismatch(`the script expects more points of ${labels.toString()} than there are steps`);
    return value === undefined ? [] : [{ timeMs, value }];
  });
}

function byLabels(series: readonly LoadedSeries[]): Map<string, LoadedSeries> {
  return new Map(series.map((one) => [one.labels.key, one]));
}

function take(wanted: Map<string, LoadedSeries>, labels: Labels, found: string): LoadedSeries {
  const target = wanted.get(labels.key);
  if (target === undefined) throw new Mismatch(`unexpected ${labels.toString()} ${found}`);
  wanted.delete(labels.key);
  return target;
}

function refuseMissing(wanted: ReadonlyMap<string, LoadedSeries>): void {
  for (const { labels, values } of wanted.values()) {
    throw new Mismatch(`missing ${labels.toString()} ${values.map(show).join(' ')}`);
  }
}

function checkValue(labels: Labels, wanted: LoadedValue, found: number, where: string): void {
  if (typeof wanted === 'number' && almostEqual(wanted, found)) return;
  throw new Mismatch(`expected ${show(wanted)} for ${labels.toString()}${where}, got ${found}`);
}

function show(value: LoadedValue): string {
  return typeof value === 'object' ? value.refused : value === undefined ? '_' : String(value);
}

const epsilon = 1e-6;
const leastNormal = 2 ** -1022;

/** Equal but for the rounding of floating point, as upstream has it; NaN equals NaN. */
function almostEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const size = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || size < leastNormal) return difference < epsilon * leastNormal;
  return difference / Math.min(size, Number.MAX_VALUE) < epsilon;
}
