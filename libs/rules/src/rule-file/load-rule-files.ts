import type { Problem } from '@tapewatch/model';
import { ConfigError } from '@tapewatch/model';
import type { RuleGroup } from '../rule-group.js';
import type { LoadOptions, ReadFile, RuleKinds } from './load-options.js';
import { readOwnGroups } from './own-file.js';
import { readPrometheusGroups } from './prometheus-file.js';
import { GroupNames } from './group-names.js';
import { openSource } from './open-source.js';
import type { SourceFile } from './source-node.js';
import { SourceNode } from './source-node.js';

/**
 * Reads rule files of both forms: Prometheus' (`groups:`, whose rules are of kind `promql`) and ours (`rules:`).
 * Over all files no two rules can make the same alert. Throws a ConfigError with all problems of all files at once.
 */
export async function loadRuleFiles(
  files: readonly string[],
  kinds: RuleKinds,
  readFile: ReadFile,
  options: LoadOptions = {},
): Promise<readonly RuleGroup[]> {
  const problems: Problem[] = [];
  const groups: RuleGroup[] = [];
  const groupNames = new GroupNames();
  for (const file of new Set(files)) {
    const source = await openSource(file, 'rule file', readFile, problems);
    if (source !== undefined) groups.push(...(await readGroups(source, kinds, groupNames, options)));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return groups;
}

/** An empty file holds no groups, as in Prometheus. */
async function readGroups(
  source: SourceFile,
  kinds: RuleKinds,
  groupNames: GroupNames,
  options: LoadOptions,
): Promise<readonly RuleGroup[]> {
  const root = new SourceNode(source, source.document.contents, '');
  if (root.isEmpty) return [];
  const fields = root.mapping(['groups', 'rules']);
  if (fields === undefined) return [];
  const [groups, rules] = [fields.get('groups'), fields.get('rules')];
  if (groups !== undefined && rules !== undefined) {
    rules.problem('CONFIG_INVALID_VALUE', 'A rule file has one form: groups (as Prometheus) or rules (ours).', {
      hint: 'Put them into two files.',
    });
    return [];
  }
  if (rules !== undefined) return readOwnGroups(rules, source.file, kinds, groupNames, options);
  if (groups === undefined) return [];
  const promql = kinds('promql');
  if (promql !== undefined) return readPrometheusGroups(groups, promql, source.file, groupNames);
  groups.problem('CONFIG_REFERENCE', 'Rules of Prometheus need the rule type "promql", which no plugin provides.');
  return [];
}
