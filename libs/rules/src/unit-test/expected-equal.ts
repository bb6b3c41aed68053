import type { ExpectedAlert, ExpectedSample } from './rule-test-file.js';

/** In the order in which they are compared and shown. */
export function sortedAlerts(alerts: readonly ExpectedAlert[]): readonly ExpectedAlert[] {
  return [...alerts].sort((a, b) => compare(keyOf(a), keyOf(b)));
}

export function sameAlerts(expected: readonly ExpectedAlert[], got: readonly ExpectedAlert[]): boolean {
  return (
    expected.length === got.length && expected.every((alert, i) => keyOf(alert) === keyOf(got[i] as ExpectedAlert))
  );
}

export function sortedSamples(samples: readonly ExpectedSample[]): readonly ExpectedSample[] {
  return [...samples].sort((a, b) => compare(a.labels.key, b.labels.key));
}

export function sameSamples(
  expected: readonly ExpectedSample[],
  got: readonly ExpectedSample[],
  fuzzy: boolean,
): boolean {
  return (
    expected.length === got.length &&
    expected.every(({ labels, value }, i) => {
      const other = got[i] as ExpectedSample;
      return labels.key === other.labels.key && sameValue(value, other.value, fuzzy);
    })
  );
}

/** Equal, both NaN, or, where it is allowed, next to each other among floating point numbers. */
function sameValue(a: number, b: number, fuzzy: boolean): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  return fuzzy && Number.isFinite(a) && Number.isFinite(b) && distance(a, b) <= 1n;
}

function distance(a: number, b: number): bigint {
  const difference = rank(a) - rank(b);
  return difference < 0n ? -difference : difference;
}

/** The place of a number among all of its kind. */
function rank(value: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(value).buffer)[0] as bigint;
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

function keyOf({ labels, annotations }: ExpectedAlert): string {
  const entries = Object.entries(annotations).filter(([, text]) => text !== '');
  return `${labels.key}\u0002${JSON.stringify(entries.sort(([a], [b]) => compare(a, b)))}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
