import { formatDuration, parseDuration } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { checkRouting, duplicates, receiverNames, unknownReceiver } from './routing-checks.js';
import { list, mapping, problem, sectionList, type Fault } from './tree-problem.js';
import type { YamlTree } from './yaml-tree.js';

/**
 * What no single value can show: names used twice, names that nothing defines, a timeout above its interval. It reads the raw
 * tree and passes over what the schema refuses anyway, so that both kinds of problem are told at once. `imported` are the receivers of an
 * alertmanager.yml, where there is one.
 */
export function crossCheck(tree: YamlTree, imported?: readonly string[]): readonly Problem[] {
  const names = imported ?? knownReceivers(tree);
  return [
    ...duplicates(tree, ['otlp', 'destinations'], 'name'),
    ...duplicates(tree, ['exchanges'], 'id', 'venue'),
    ...duplicates(tree, ['checks'], 'name'),
    ...duplicates(tree, ['receivers'], 'name'),
    ...timeouts(tree),
    ...(imported === undefined ? checkRouting(tree, names, 'for several receivers') : saidTwice(tree)),
    ...duplicates(tree, ['time_intervals'], 'name'),
    ...reportReceivers(tree, names),
  ];
}

function timeouts(tree: YamlTree): readonly Problem[] {
  return sectionList(tree, ['checks']).flatMap((entry, i) => {
    const check = mapping(entry);
    const intervalMs = durationOf(check['interval'], '15s');
    const timeoutMs = durationOf(check['timeout'], '5s');
    if (intervalMs === undefined || timeoutMs === undefined || timeoutMs < intervalMs) return [];
    const fault: Fault = {
      code: 'CONFIG_INVALID_VALUE',
      message: 'The timeout must be below the interval, or runs would overlap.',
      allowed: `less than ${formatDuration(intervalMs)}`,
    };
    return [problem(tree, ['checks', i, 'timeout'], fault, check['timeout'] ?? '5s')];
  });
}

function durationOf(value: unknown, fallback: string): number | undefined {
  const written = value ?? fallback;
  return typeof written === 'string' ? parseDuration(written) : undefined;
}

/** With an alertmanager.yml, these stand there. */
function saidTwice(tree: YamlTree): readonly Problem[] {
  return ['route', 'receivers', 'inhibit_rules', 'time_intervals', 'templates'].flatMap((key) => {
    if (!(key in tree.root)) return [];
    const message = `With alertmanager_config, ${key} stands in that file alone.`;
    return [problem(tree, [key], { code: 'CONFIG_INVALID_VALUE', message, hint: 'Take one of the two out.' })];
  });
}

function reportReceivers(tree: YamlTree, names: readonly string[]): readonly Problem[] {
  return sectionList(tree, ['reports']).flatMap((entry, i) =>
    list(mapping(entry)['receivers']).flatMap((receiver, j) =>
      unknownReceiver(tree, receiver, ['reports', i, 'receivers', j], names),
    ),
  );
}

function knownReceivers(tree: YamlTree): readonly string[] {
  return 'receivers' in tree.root ? receiverNames(tree) : ['console'];
}
