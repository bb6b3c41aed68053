import type { LoadedSeries } from './script.js';
import { parseNumber } from './parse-number.js';

const suffix = /_(?:bucket|sum|count)$/;

/** Beside classic histograms the native ones that upstream makes of them, all of whose values are refused. */
export function withNativeTwins(series: readonly LoadedSeries[]): LoadedSeries[] {
  return [...series, ...series.flatMap(twinOf)];
}

function twinOf({ labels, values }: LoadedSeries): LoadedSeries[] {
  const name = labels.get('__name__');
  if (!suffix.test(name)) return [];
  const bound = name.endsWith('_bucket') ? parseNumber(labels.get('le')) : 0;
  if (bound === undefined || Number.isNaN(bound)) return [];
  return [
    {
      labels: labels.without('le').with({ __name__: name.replace(suffix, '') }),
      values: values.map((value) => (typeof value === 'number' ? { refused: 'native histograms' } : undefined)),
    },
  ];
}
