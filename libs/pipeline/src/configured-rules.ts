import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TapewatchConfig } from '@tapewatch/config';
import { ConfigError, formatDuration, type Problem } from '@tapewatch/model';
import type { PluginRegistry } from '@tapewatch/plugin-host';
import { horizonMs } from '@tapewatch/promql';
import { loadRuleFiles, type RuleGroup } from '@tapewatch/rules';

/** The shipped rules and the user's. Throws a ConfigError with everything that is wrong in any of the files. */
export async function loadRules(
  config: TapewatchConfig,
  shippedRulesDir: string,
  registry: PluginRegistry,
): Promise<readonly RuleGroup[]> {
  const shipped = config.shippedRules ? await yamlFilesIn(shippedRulesDir) : [];
  const groups = await loadRuleFiles(
    [...shipped, ...config.ruleFiles],
    (type) => registry.find('rule', type)?.definition,
    (file) => readFile(file, 'utf8'),
    { knownTypes: registry.types('rule') },
  );
  const blind = groups.flatMap((group) => beyondMemory(group, config.metrics.retentionMs));
  if (blind.length > 0) throw new ConfigError(blind);
  return groups;
}

async function yamlFilesIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  return names.map((name) => join(folder, name));
}

/** A rule that looks back further than memory reaches would silently judge from too little. */
function beyondMemory(group: RuleGroup, retentionMs: number): readonly Problem[] {
  return group.rules.flatMap((rule): readonly Problem[] => {
    // The lookback finds older samples only where there are no newer ones, so it does not count.
    const held = rule.makes === 'alerts' && rule.holds !== undefined ? horizonMs(rule.holds.expression, 0) : 0;
    const needs = Math.max(horizonMs(rule.expression, 0), held) + group.queryOffsetMs;
    if (needs <= retentionMs) return [];
    return [
      {
        code: 'RULE_INVALID',
        file: group.file,
        path: `${group.name}.${rule.name}`,
        message: `the rule looks back ${Number.isFinite(needs) ? formatDuration(needs) : 'to a fixed time'}, but memory holds ${formatDuration(retentionMs)}`,
        hint: 'Raise metrics.retention, or shorten the range of the rule.',
      },
    ];
  });
}
