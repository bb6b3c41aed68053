import { formatPath, type TapewatchConfig, type TreePath } from '@tapewatch/config';
import type { Problem } from '@tapewatch/model';
import type { AlertRule, RuleGroup } from '@tapewatch/rules';
import { knownLabels, RuleWays, type RuleWay } from './rule-ways.js';

/** What routes make of rules, told together for all rules of which the same is to be said. */
export interface RuleWayProblems {
  /** Nobody is told of their alerts. */
  readonly warnings: readonly Problem[];
  /** Only the root takes their alerts, although it has routes: often so on purpose. */
  readonly notes: readonly Problem[];
}

/** Tells only what is certain from the labels that rules set themselves. The matchers of the config have been checked. */
export function ruleWayProblems(
  config: Pick<TapewatchConfig, 'locate' | 'receivers' | 'route' | 'routingPath'>,
  groups: readonly RuleGroup[],
): RuleWayProblems {
  const ways = new RuleWays(config);
  const rules = groups.flatMap((group) => group.rules.filter((rule) => rule.makes === 'alerts'));
  const judged = rules.map((rule) => ({ rule, way: ways.of(knownLabels(rule.name, labelsOf(rule))) }));
  const silent = Map.groupBy(
    judged.filter(({ way }) => way.tellsNobody),
    ({ way }) => way.receivers.join(', '),
  );
  const fallen = judged.filter(({ way }) => way.fallsThrough && !way.tellsNobody);
  const placed = (path: TreePath, problem: Omit<Problem, 'file' | 'path'>): Problem => {
    const { file, line, column } = config.locate([...config.routingPath, ...path]);
    return { ...problem, file, line, column, path: formatPath([...config.routingPath, ...path]) };
  };
  return {
    warnings: [...silent].map(([names, members]) =>
      placed(['receivers', config.receivers.findIndex(({ name }) => name === members[0]?.way.receivers[0])], {
        code: 'RULE_TELLS_NOBODY',
        message: `Nobody is told of the alerts of ${listed(members)}: they go to ${names}, without channels.`,
        hint: 'Give the receiver a channel, or the rules another route.',
      }),
    ),
    notes:
      fallen.length === 0
        ? []
        : [
            placed(['route'], {
              code: 'RULE_NOT_ROUTED',
              message: `No route below the root takes the alerts of ${listed(fallen)}: they go to ${config.route.receiver}.`,
            }),
          ],
  };
}

interface Judged {
  readonly rule: AlertRule;
  readonly way: RuleWay;
}

const mostNames = 10;

function listed(judged: readonly Judged[]): string {
  const names = [...new Set(judged.map(({ rule }) => nameOf(rule)))];
  const rest = names.length - mostNames;
  const count = names.length === 1 ? '1 rule' : `${names.length} rules`;
  return `${count} (${names.slice(0, mostNames).join(', ')}${rest > 0 ? `, and ${rest} more` : ''})`;
}

/** Levels of one rule differ in their severity, by which routes often choose. */
function nameOf({ name, labels }: AlertRule): string {
  const severity = labels.find((label) => label.name === 'severity')?.template;
  return severity?.constant === true ? `${name} ${severity.text}` : name;
}

function labelsOf({ labels }: AlertRule): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map(({ name, template }) => [name, template.text]));
}
