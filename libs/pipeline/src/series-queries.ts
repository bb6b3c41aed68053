import {
  accepted,
  messageOf,
  refused,
  type CommandResult,
  type Labels,
  type Matcher,
  type MetricDescription,
} from '@tapewatch/model';
import type { MemoryStore, MetricStore } from '@tapewatch/metric-store';
import { parse, PromqlError, QueryLimitError, SampleBuffer, type Sample, type SeriesReader } from '@tapewatch/promql';

/** So many label sets one answer may have from the history; what memory holds is bounded by its budget. */
const mostSeries = 100_000;

/**
 * Label sets of the series that any of the selectors matches, each once, and that have samples in [fromMs, toMs]: in memory, and, where that
 * reaches further back, in the history, to the hour.
 */
export async function findSeries(
  metrics: MetricStore,
  selectors: readonly string[],
  fromMs = -Infinity,
  toMs = Infinity,
): Promise<CommandResult<readonly Labels[]>> {
  const parsed: (readonly Matcher[])[] = [];
  for (const selector of selectors) {
    const matchers = matchersOf(selector);
    if (!matchers.ok) return matchers;
    parsed.push(matchers.value);
  }
  const wanted = parsed.length === 0 ? [[]] : parsed;
  const { memory: store, history, oldestMs } = metrics;
  const hasSamples = sampleSeeker(fromMs, Math.min(toMs, store.lastTickAt ?? toMs));
  const found = new Map<string, Labels>();
  for (const matchers of wanted) {
    for (const series of store.select(matchers)) {
      if (!found.has(series.labels.key) && hasSamples(series)) found.set(series.labels.key, series.labels);
    }
  }
  const firstMs = store.firstTickAt ?? Infinity;
  const beginMs = Math.max(fromMs, oldestMs ?? Infinity);
  if (beginMs >= firstMs || beginMs > toMs) return accepted([...found.values()]);
  try {
    for (const labels of await history.labels(wanted, beginMs, Math.min(toMs, firstMs), { maxSeries: mostSeries })) {
      if (!found.has(labels.key)) found.set(labels.key, labels);
    }
  } catch (thrown) {
    if (thrown instanceof QueryLimitError) return refused('QUERY_LIMIT', thrown.message, thrown.limit);
    return refused('UNAVAILABLE', `the metric history cannot be read (${messageOf(thrown)})`);
  }
  return accepted([...found.values()]);
}

/** Every metric in memory once. */
export function metricMetadata(store: MemoryStore): readonly MetricDescription[] {
  return [...new Set(store.select([]).map(({ metric }) => metric))].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function matchersOf(selector: string): CommandResult<readonly Matcher[]> {
  try {
    const expression = parse(selector);
    if (expression.kind === 'selector') return accepted(expression.matchers);
    return refused('QUERY_INVALID', `${selector} is no series selector`, '1:1');
  } catch (thrown) {
    if (!(thrown instanceof PromqlError)) throw thrown;
    return refused('QUERY_INVALID', `${thrown.line}:${thrown.column}: parse error: ${thrown.reason}`, '1:1');
  }
}

/** Nearly always the newest sample tells; only a series that has ended has to be read. */
function sampleSeeker(fromMs: number, toMs: number): (series: SeriesReader) => boolean {
  const sample: Sample = { timeMs: 0, value: 0 };
  const buffer = new SampleBuffer();
  return (series) => {
    if (series.latest(toMs, toMs - fromMs + 1, sample)) return true;
    buffer.clear();
    series.window(fromMs - 1, toMs, buffer);
    return buffer.length > 0;
  };
}
