import type { Problem } from '@tapewatch/model';
import { ConfigError } from '@tapewatch/model';
import type { ReadFile } from '../rule-file/load-options.js';
import { openSource } from '../rule-file/open-source.js';
import { shown, SourceNode } from '../rule-file/source-node.js';
import { readRuleTest } from './read-rule-test.js';
import type { RuleTestFile } from './rule-test-file.js';

const fileFields = ['rule_files', 'evaluation_interval', 'group_eval_order', 'fuzzy_compare', 'tests'];
const defaultIntervalMs = 60_000;

/**
 * Reads a test file as Prometheus' promtool takes it, as strict as it: unknown fields are refused. Throws a ConfigError with everything that is
 * wrong with it.
 */
export async function readRuleTestFile(file: string, readFile: ReadFile): Promise<RuleTestFile> {
  const problems: Problem[] = [];
  const source = await openSource(file, 'test file', readFile, problems);
  const read = source === undefined ? undefined : readRoot(new SourceNode(source, source.document.contents, ''), file);
  if (read === undefined || problems.length > 0) throw new ConfigError(problems);
  return read;
}

function readRoot(root: SourceNode, file: string): RuleTestFile | undefined {
  const fields = root.mapping(fileFields);
  if (fields === undefined) return undefined;
  const written = fields.get('evaluation_interval')?.duration() ?? 0;
  const evaluationIntervalMs = written === 0 ? defaultIntervalMs : written;
  const tests = fields.get('tests')?.list() ?? [];
  return {
    file,
    ruleFiles: (fields.get('rule_files')?.list() ?? []).map((node) => node.text() ?? '').filter((text) => text !== ''),
    evaluationIntervalMs,
    groupOrder: readGroupOrder(fields.get('group_eval_order')),
    fuzzyCompare: fields.get('fuzzy_compare')?.flag() ?? false,
    tests: tests.map((node) => readRuleTest(node, evaluationIntervalMs)).filter((test) => test !== undefined),
  };
}

function readGroupOrder(node: SourceNode | undefined): readonly string[] {
  const names = new Set<string>();
  for (const item of node?.list() ?? []) {
    const name = item.text() ?? '';
    if (names.has(name))
      item.problem('CONFIG_INVALID_VALUE', 'A group is twice in the order of evaluation.', { found: shown(name) });
    names.add(name);
  }
  return [...names];
}
