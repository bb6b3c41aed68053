import type { PluginRegistry } from '@tapewatch/plugin-host';
import { loadRuleFiles, type RuleGroup } from '@tapewatch/rules';
import type { BacktestRequest } from './backtest-result.js';

/** The rules of one file, of either form, with the kinds that the program has. Throws a ConfigError with all that is wrong. */
export function loadRuleText(
  { name, text }: NonNullable<BacktestRequest['file']>,
  registry: PluginRegistry,
): Promise<readonly RuleGroup[]> {
  return loadRuleFiles(
    [name],
    (type) => registry.find('rule', type)?.definition,
    () => Promise.resolve(text),
    { knownTypes: registry.types('rule') },
  );
}
