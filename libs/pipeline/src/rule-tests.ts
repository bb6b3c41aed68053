import { glob, readFile } from 'node:fs/promises';
import type { Clock } from '@tapewatch/model';
import { PluginRegistry } from '@tapewatch/plugin-host';
import { testRules, type RuleTestFileResult } from '@tapewatch/rules';
import { bundledPlugins } from './bundled-plugins.js';

export interface RuleTestOptions {
  readonly clock: Clock;
  /** Only tests whose name it accepts. */
  readonly isWanted?: (testName: string) => boolean;
}

/** Runs test files of rules, with the rule kinds that come with the program; one result a file, in order. */
export async function testRuleFiles(
  files: readonly string[],
  options: RuleTestOptions,
): Promise<readonly RuleTestFileResult[]> {
  const registry = new PluginRegistry();
  for (const plugin of bundledPlugins) registry.register(plugin, 'bundled');
  const results: RuleTestFileResult[] = [];
  for (const file of files) {
    results.push(
      await testRules(file, {
        ...options,
        kinds: (type) => registry.find('rule', type)?.definition,
        readFile: (path) => readFile(path, 'utf8'),
        findFiles,
        load: { knownTypes: registry.types('rule') },
      }),
    );
  }
  return results;
}

async function findFiles(pattern: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const file of glob(pattern)) found.push(file);
  return found.sort();
}
