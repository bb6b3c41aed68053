import type { Labels } from '@tapewatch/model';
import { formatLabelName } from '../matchers/matcher.js';
import { quoteString } from '../syntax/string-literal.js';

/** The labels by which vector matching puts two sides together. */
export function matchingProjection(on: boolean, names: readonly string[]): (labels: Labels) => Labels {
  const listed = new Set(names);
  if (on) return (labels) => labels.filter((name) => listed.has(name));
  return (labels) => labels.filter((name) => name !== '__name__' && !listed.has(name));
}

/** The labels of the groups of an aggregation. Without `by` and `without` there is one group. */
export function groupingProjection(without: boolean, names: readonly string[]): (labels: Labels) => Labels {
  return matchingProjection(!without, names);
}

/** Without the labels that say which metric it is: its name and, where they are labels, its type and unit. */
export function withoutName(labels: Labels): Labels {
  return labels.without('__name__', '__type__', '__unit__');
}

/** As Prometheus writes label sets in messages: all in braces, the name among them. */
export function formatLabelSet(labels: Labels): string {
  const pairs = [...labels.entries()].map(([name, value]) => `${formatLabelName(name)}=${quoteString(value)}`);
  return `{${pairs.join(', ')}}`;
}

/**
 * Name by name, then value by value, shorter sets first where one is the start of the other (Prometheus' order of
 * series).
 */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.size, b.size);
  for (let i = 0; i < shared; i++) {
    const order =
      compareText(a.names[i] as string, b.names[i] as string) ||
      compareText(a.values[i] as string, b.values[i] as string);
    if (order !== 0) return order;
  }
  return a.size - b.size;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
