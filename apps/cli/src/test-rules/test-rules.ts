import { formatProblem, messageOf } from '@tapewatch/model';
import type { RuleTestFileResult } from '@tapewatch/pipeline';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { createStyle } from '../style.js';
import type { Terminal } from '../terminal.js';
import { failureLines } from './failure-lines.js';
import { resultAsJson } from './result-as-json.js';

export interface TestRulesArguments {
  readonly files: readonly string[];
  /** Regular expressions; a test whose name matches any of them is run. None: all. */
  readonly run: readonly string[];
  readonly diff: boolean;
  readonly json: boolean;
}

export interface TestRulesOptions {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly runTests: (
    files: readonly string[],
    isWanted: (testName: string) => boolean,
  ) => Promise<readonly RuleTestFileResult[]>;
}

/** Runs unit tests of rules and says, as promtool does, which hold. */
export async function testRules(args: TestRulesArguments, options: TestRulesOptions): Promise<ExitCode> {
  const { terminal, messages, runTests } = options;
  const patterns: RegExp[] = [];
  for (const pattern of args.run) {
    try {
      patterns.push(new RegExp(pattern, 'u'));
    } catch (error) {
      terminal.error(messages.testRules.badPattern(pattern, messageOf(error)));
      return exitCodes.usage;
    }
  }
  const isWanted = (name: string): boolean => patterns.length === 0 || patterns.some((one) => one.test(name));
  const results = await runTests(args.files, isWanted);
  if (args.json) terminal.out(JSON.stringify(results.map(resultAsJson), undefined, 2));
  else for (const result of results) tell(result, args.diff, options);
  return codeOf(results);
}

function tell(result: RuleTestFileResult, diff: boolean, { terminal, messages }: TestRulesOptions): void {
  const { file, problems, unmatched, tests } = result;
  const style = createStyle(terminal.colours.out);
  terminal.out(`Unit Testing: ${file}`);
  for (const pattern of unmatched) terminal.out(`  ${messages.testRules.unmatched(pattern)}`);
  const failed = tests.filter(({ failures }) => failures.length > 0);
  if (problems.length === 0 && failed.length === 0) {
    terminal.out(`  ${style.good('SUCCESS')}${tests.length === 0 ? ` (${messages.testRules.noneRan})` : ''}`);
  } else {
    terminal.out(`  ${style.alarm('FAILED:')}`);
    for (const problem of problems) terminal.out(`    ${formatProblem(problem)}`);
    for (const { name, place, failures } of failed) {
      terminal.out(`    ${name === '' ? 'test at' : `name: ${name}, at`} ${place}`);
      for (const failure of failures) for (const line of failureLines(failure, diff)) terminal.out(`    ${line}`);
    }
  }
  terminal.out('');
}

/** A file that cannot be used is worse than a test that fails. */
function codeOf(results: readonly RuleTestFileResult[]): ExitCode {
  if (results.some(({ problems }) => problems.length > 0)) return exitCodes.usage;
  const failed = results.some(({ tests }) => tests.some(({ failures }) => failures.length > 0));
  return failed ? exitCodes.failed : exitCodes.done;
}
