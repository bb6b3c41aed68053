import type { BacktestComparison, BacktestTotals, Firing } from './backtest-result.js';
import { mostListed } from './firings.js';
import type { Subject } from './subject.js';

interface Side {
  readonly subject: Subject;
  readonly firings: readonly Firing[];
  readonly totals: BacktestTotals;
}

/** Firings of a changed rule beside those of the rule as it is. Labels that the rules themselves add count for nothing: they may be what has changed. */
export function compare(current: Side, changed: Side, endMs: number): BacktestComparison {
  const added = new Set(
    [current, changed].flatMap(({ subject }) =>
      subject.alerts.flatMap(({ rule }) => rule.labels.map(({ name }) => name)),
    ),
  );
  const keyOf = ({ labels }: Firing): string => labels.filter((name) => !added.has(name)).key;
  const matched = new Set<Firing>();
  const currentByKey = Map.groupBy(current.firings, keyOf);
  const onlyNew = changed.firings.filter((firing) => {
    const overlapping = (currentByKey.get(keyOf(firing)) ?? []).filter((other) => overlap(firing, other, endMs));
    for (const other of overlapping) matched.add(other);
    return overlapping.length === 0;
  });
  const onlyCurrent = current.firings.filter((firing) => !matched.has(firing));
  return {
    both: changed.firings.length - onlyNew.length,
    onlyCurrent: onlyCurrent.slice(0, mostListed),
    onlyNew: onlyNew.slice(0, mostListed),
    onlyCurrentTotal: onlyCurrent.length,
    onlyNewTotal: onlyNew.length,
    firingMs: changed.totals.firingMs - current.totals.firingMs,
    notifications: changed.totals.sent - current.totals.sent,
  };
}

function overlap(a: Firing, b: Firing, endMs: number): boolean {
  return a.firedAt < (b.endsAt ?? endMs + 1) && b.firedAt < (a.endsAt ?? endMs + 1);
}
