import { dirname, isAbsolute, join } from 'node:path';
import type { Clock } from '@tapewatch/model';
import { ConfigError } from '@tapewatch/model';
import type { LoadOptions, ReadFile, RuleKinds } from '../rule-file/load-options.js';
import { loadRuleFiles } from '../rule-file/load-rule-files.js';
import { readRuleTestFile } from './read-rule-test-file.js';
import type { RuleTestFileResult } from './rule-test-result.js';
import { runRuleTest } from './run-rule-test.js';

export interface TestRulesOptions {
  readonly kinds: RuleKinds;
  readonly readFile: ReadFile;
  /** The files that a pattern matches, `*`, `?` and `[...]` inside a name; a path without them names itself, if it is there. */
  readonly findFiles: (pattern: string) => Promise<readonly string[]>;
  /** Only for how long evaluations take; the time of a test is its own. */
  readonly clock: Clock;
  readonly load?: LoadOptions;
  /** Only tests whose name it accepts. */
  readonly isWanted?: (testName: string) => boolean;
}

/** Runs the tests of one file. What is wrong with the files themselves comes as problems; never throws because of what they hold. */
export async function testRules(file: string, options: TestRulesOptions): Promise<RuleTestFileResult> {
  const unmatched: string[] = [];
  try {
    const tests = await readRuleTestFile(file, options.readFile);
    const ruleFiles: string[] = [];
    for (const pattern of tests.ruleFiles) {
      const found = await options.findFiles(isAbsolute(pattern) ? pattern : join(dirname(file), pattern));
      if (found.length === 0) unmatched.push(pattern);
      ruleFiles.push(...found);
    }
    const groups = await loadRuleFiles(ruleFiles, options.kinds, options.readFile, options.load);
    const wanted = tests.tests.filter(({ name }) => options.isWanted?.(name) ?? true);
    const results = wanted.map((test) => ({
      name: test.name,
      place: test.place,
      failures: runRuleTest(test, tests, groups, options.clock),
    }));
    return { file, problems: [], unmatched, tests: results };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { file, problems: error.problems, unmatched, tests: [] };
  }
}
