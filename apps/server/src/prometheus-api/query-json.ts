import type { Labels } from '@tapewatch/model';
import type { MetricResult, MetricSeries } from '@tapewatch/pipeline';
import { sampleText, secondsText } from './number-text.js';

/** The answer to a query piece by piece, so that a big one is never a single string. `limit`: most series to show. */
export function* queryJson(result: MetricResult, limit: number | undefined): Iterable<string> {
  const shown = limit === undefined ? result.series : result.series.slice(0, limit);
  const warnings =
    shown.length < result.series.length ? [...result.warnings, 'results truncated due to limit'] : result.warnings;
  yield `{"status":"success","data":{"resultType":"${result.kind}","result":`;
  yield* dataOf(result, shown);
  yield '}';
  if (warnings.length > 0) yield `,"warnings":${JSON.stringify(warnings)}`;
  if (result.infos.length > 0) yield `,"infos":${JSON.stringify(result.infos)}`;
  yield '}';
}

function* dataOf(result: MetricResult, series: readonly MetricSeries[]): Iterable<string> {
  switch (result.kind) {
    case 'string':
      yield `[${secondsText(result.at)},${JSON.stringify(result.text ?? '')}]`;
      return;
    case 'scalar':
      yield pointText(result.at, series[0]?.values[0] ?? Number.NaN);
      return;
    case 'vector':
      yield* listed(series, (one) => [
        `{"metric":${metricText(one.labels)},"value":${pointText(one.times[0] as number, one.values[0] as number)}}`,
      ]);
      return;
    case 'matrix':
      yield* listed(series, matrixSeries);
  }
}

function* listed(series: readonly MetricSeries[], write: (one: MetricSeries) => Iterable<string>): Iterable<string> {
  yield '[';
  for (const [i, one] of series.entries()) {
    if (i > 0) yield ',';
    yield* write(one);
  }
  yield ']';
}

const pointsAtOnce = 500;

function* matrixSeries({ labels, times, values }: MetricSeries): Iterable<string> {
  yield `{"metric":${metricText(labels)},"values":[`;
  for (let from = 0; from < times.length; from += pointsAtOnce) {
    let text = '';
    const to = Math.min(times.length, from + pointsAtOnce);
    for (let i = from; i < to; i++)
      text += `${i === 0 ? '' : ','}${pointText(times[i] as number, values[i] as number)}`;
    yield text;
  }
  yield ']}';
}

function pointText(ms: number, value: number): string {
  return `[${secondsText(ms)},"${sampleText(value)}"]`;
}

const texts = new WeakMap<Labels, string>();

/** Series live on and are asked for again and again. */
function metricText(labels: Labels): string {
  let text = texts.get(labels);
  if (text === undefined) texts.set(labels, (text = JSON.stringify(labels)));
  return text;
}
