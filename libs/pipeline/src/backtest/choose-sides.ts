import { accepted, ConfigError, didYouMean, formatProblem, refused, type CommandResult } from '@tapewatch/model';
import type { RuleGroup } from '@tapewatch/rules';
import type { BacktestRequest } from './backtest-result.js';
import type { BacktestSurroundings } from './backtest-surroundings.js';
import { subjectOf, type Subject } from './subject.js';

export interface Sides {
  readonly tested: Subject;
  /** The rule as it is, beside one of a file; absent where there is none of its name. */
  readonly current?: Subject;
}

/** The rule that was asked for. Refuses a name that there is not, and a file that cannot be read. */
export async function chooseSides(
  { rule, file }: BacktestRequest,
  { groups, loadFile }: Pick<BacktestSurroundings, 'groups' | 'loadFile'>,
): Promise<CommandResult<Sides>> {
  if (file === undefined) {
    if (rule === undefined) return refused('INVALID_INPUT', 'a rule is needed: its name, or a file with it', 'rule');
    const found = wanted(rule, groups, [], 'no configured rule');
    return found.ok ? accepted({ tested: found.value }) : found;
  }
  let own: readonly RuleGroup[];
  try {
    own = await loadFile(file);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return refused('INVALID_INPUT', thrown.problems.map(formatProblem).join('\n'), 'text');
  }
  const names = alertNames(own);
  const name = rule ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return refused('INVALID_INPUT', whichOf(file.name, names), 'rule');
  const tested = wanted(name, own, groups, `no rule of ${file.name}`);
  if (!tested.ok) return tested;
  const current = subjectOf(name, groups);
  return accepted({ tested: tested.value, ...(current === undefined ? {} : { current }) });
}

function wanted(
  name: string,
  groups: readonly RuleGroup[],
  others: readonly RuleGroup[],
  nobody: string,
): CommandResult<Subject> {
  const found = subjectOf(name, groups, others);
  if (found !== undefined) return accepted(found);
  if (groups.some(({ rules }) => rules.some((rule) => rule.name === name)))
    return refused('INVALID_INPUT', `${name} is a recording rule: it has no alerts to replay`, 'rule');
  const hint = didYouMean(name, alertNames(groups));
  return refused('NOT_FOUND', `${nobody} is called ${name}${hint === undefined ? '' : `. ${hint}`}`, 'rule');
}

function whichOf(file: string, names: readonly string[]): string {
  if (names.length === 0) return `${file} holds no rule that has alerts`;
  return `${file} holds several alerts, so it takes the name of one: ${names.join(', ')}`;
}

function alertNames(groups: readonly RuleGroup[]): readonly string[] {
  return [
    ...new Set(groups.flatMap(({ rules }) => rules.filter(({ makes }) => makes === 'alerts')).map(({ name }) => name)),
  ];
}

export function subjectsOf({ tested, current }: Sides): readonly Subject[] {
  return current === undefined ? [tested] : [tested, current];
}
