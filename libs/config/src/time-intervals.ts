import { TimeInterval } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import type { TreePath } from './path.js';
import type { TimeIntervalsConfig } from './tapewatch-config.js';
import { list, mapping, problem, sectionList } from './tree-problem.js';
import type { YamlTree } from './yaml-tree.js';

export interface ReadTimeIntervals {
  readonly timeIntervals: readonly TimeIntervalsConfig[];
  readonly problems: readonly Problem[];
}

/** The named time intervals of a file, under each of the keys that it may have them. */
export function readTimeIntervals(tree: YamlTree, ...keys: readonly string[]): ReadTimeIntervals {
  const problems: Problem[] = [];
  const timeIntervals = keys.flatMap((key) =>
    sectionList(tree, [key]).flatMap((entry, i): readonly TimeIntervalsConfig[] => {
      const { name, time_intervals: intervals } = mapping(entry);
      if (typeof name !== 'string') return [];
      const read = list(intervals).map((interval, j) => readInterval(tree, interval, [key, i, 'time_intervals', j]));
      problems.push(...read.flatMap((one) => ('problems' in one ? one.problems : [])));
      return [{ name, intervals: read.flatMap((one) => ('interval' in one ? [one.interval] : [])) }];
    }),
  );
  return { timeIntervals, problems };
}

function readInterval(
  tree: YamlTree,
  value: unknown,
  path: TreePath,
): { readonly interval: TimeInterval } | { readonly problems: readonly Problem[] } {
  const parsed = TimeInterval.parse(value);
  if (parsed.ok) return { interval: parsed.value };
  return {
    problems: parsed.faults.map((fault) => {
      const at = [...path, ...stepsOf(fault.path)];
      return problem(tree, at, { code: 'CONFIG_INVALID_VALUE', message: `${fault.message}.` });
    }),
  };
}

/** `times[0].end_time` as steps. */
function stepsOf(path: string): TreePath {
  return [...path.matchAll(/([^.[\]]+)/g)].map(([step]) => (/^\d+$/.test(step) ? Number(step) : step));
}
