import type { Matcher } from '@tapewatch/model';
import { Labels } from '@tapewatch/model';
import type { Expression, QueryResult, Sample, SampleBuffer, SeriesReader, SeriesSource } from '@tapewatch/promql';
import { evaluateInstant } from '@tapewatch/promql';

/** Series for tests, written by hand and read through the real evaluator. */
export class RecordedSeries implements SeriesSource {
  readonly #series = new Map<string, RecordedReader>();

  /** `labels` as `{ __name__: 'up', job: 'a' }`; times must grow. */
  add(labels: Readonly<Record<string, string>>, timeMs: number, value: number): void {
    const set = Labels.of(labels);
    const reader = this.#series.get(set.key) ?? new RecordedReader(set);
    this.#series.set(set.key, reader);
    reader.samples.push({ timeMs, value });
  }

  /** A stale marker. */
  end(labels: Readonly<Record<string, string>>, timeMs: number): void {
    this.#series.get(Labels.of(labels).key)?.samples.push({ timeMs, value: undefined });
  }

  *select(matchers: readonly Matcher[]): Iterable<SeriesReader> {
    for (const reader of this.#series.values())
      if (matchers.every((matcher) => matcher.matches(reader.labels.get(matcher.name)))) yield reader;
  }

  readonly query = (expression: Expression, atMs: number): QueryResult => evaluateInstant(expression, this, atMs);
}

class RecordedReader implements SeriesReader {
  readonly labels: Labels;
  readonly samples: { readonly timeMs: number; readonly value: number | undefined }[] = [];

  constructor(labels: Labels) {
    this.labels = labels;
  }

  latest(atMs: number, lookbackMs: number, into: Sample): boolean {
    const found = this.samples.findLast(({ timeMs }) => timeMs <= atMs);
    if (found?.value === undefined || found.timeMs <= atMs - lookbackMs) return false;
    into.timeMs = found.timeMs;
    into.value = found.value;
    return true;
  }

  window(fromMs: number, toMs: number, into: SampleBuffer): void {
    for (const { timeMs, value } of this.samples)
      if (value !== undefined && timeMs > fromMs && timeMs <= toMs) into.push(timeMs, value);
  }
}
