import { formatNote } from '../query-result.js';
import type { EvaluateOptions } from '../query-result.js';
import { evaluateInstant, evaluateRange } from '../evaluate/evaluate.js';
import type { SeriesSource } from '../series-source.js';
import { parse } from '../syntax/parse.js';

/** The samples of an instant vector by their labels as text, in order; a scalar is under `scalar`. */
export function instant(
  source: SeriesSource,
  text: string,
  atSeconds = 0,
  options?: EvaluateOptions,
): Record<string, number> {
  const result = evaluateInstant(parse(text), source, atSeconds * 1000, options);
  if (result.kind === 'scalar') return { scalar: result.value };
  if (result.kind !== 'vector') throw new Error(`a ${result.kind} is no instant vector`);
  return Object.fromEntries(result.series.map(({ labels, value }) => [labels.toString(), value]));
}

/** The points of each series of a range query as `SECONDS:VALUE`, by labels as text. */
export function range(
  source: SeriesSource,
  text: string,
  fromSeconds: number,
  toSeconds: number,
  stepSeconds: number,
  options?: EvaluateOptions,
): Record<string, string> {
  const times = [fromSeconds * 1000, toSeconds * 1000, stepSeconds * 1000] as const;
  const result = evaluateRange(parse(text), source, ...times, options);
  if (result.kind !== 'matrix') throw new Error(`a ${result.kind} is no matrix`);
  return Object.fromEntries(
    result.series.map(({ labels, times: at, values }) => [
      labels.toString(),
      Array.from(values, (value, i) => `${(at[i] as number) / 1000}:${value}`).join(' '),
    ]),
  );
}

/** Warnings and infos of an instant query, as Prometheus shows them. */
export function notes(source: SeriesSource, text: string, atSeconds = 0): string[] {
  const { warnings, infos } = evaluateInstant(parse(text), source, atSeconds * 1000);
  return [...warnings, ...infos].map(formatNote);
}
