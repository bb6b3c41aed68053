import type { Matcher } from '@tapewatch/model';
import { horizonMs, parse, PromqlError, selectorsOf, type Expression } from '@tapewatch/promql';
import type { AlertRule, RecordingRule, Rule, RuleGroup } from '@tapewatch/rules';

/** What one side of a backtest judges: a rule, and what it needs of others. */
export interface Subject {
  readonly name: string;
  /** In their order, with nothing in them but the rule and the recording rules it reads, directly or through others. */
  readonly groups: readonly RuleGroup[];
  readonly alerts: readonly { readonly group: RuleGroup; readonly rule: AlertRule }[];
  readonly recorded: readonly RecordingRule[];
}

/** An expression with how far in the past of an evaluation it is asked. */
export interface AskedExpression {
  readonly expression: Expression;
  readonly queryOffsetMs: number;
}

/**
 * The rule of a name out of groups; several alerts of that name (warning and critical, say) belong together. Recording rules that it reads come
 * along, those of `groups` before those of `others`. Undefined when no alert has that name.
 */
export function subjectOf(
  name: string,
  groups: readonly RuleGroup[],
  others: readonly RuleGroup[] = [],
): Subject | undefined {
  const isWanted = (rule: Rule): rule is AlertRule => rule.makes === 'alerts' && rule.name === name;
  const alerts = groups.flatMap((group) => group.rules.filter(isWanted).map((rule) => ({ group, rule })));
  if (alerts.length === 0) return undefined;
  const own = recordingRules(groups);
  const ownNames = new Set(own.map((rule) => rule.name));
  const known = [...recordingRules(others).filter((rule) => !ownNames.has(rule.name)), ...own];
  const needed = neededBy(
    alerts.flatMap(({ rule }) => expressionsOf(rule)),
    known,
  );
  const taken = new Set<Rule>([...alerts.map(({ rule }) => rule), ...needed]);
  const kept = [...others, ...groups].flatMap((group) => {
    const rules = group.rules.filter((rule) => taken.has(rule));
    return rules.length === 0 ? [] : [{ ...group, rules }];
  });
  return { name, groups: kept, alerts, recorded: known.filter((rule) => needed.has(rule)) };
}

/** Every expression that its rules ask, those in the text of templates included. */
export function askedBy({ groups }: Subject): readonly AskedExpression[] {
  return groups.flatMap(({ rules, queryOffsetMs }) =>
    rules.flatMap((rule) => [
      ...queriesOf(rule).map((expression) => ({ expression, queryOffsetMs })),
      // Templates are asked as of the evaluation itself.
      ...templateExpressions(rule).map((expression) => ({ expression, queryOffsetMs: 0 })),
    ]),
  );
}

/** How long recording rules have to run before the first evaluation of the rule, so that it finds its windows filled. */
export function warmUpMs({ alerts, recorded }: Subject): number {
  if (recorded.length === 0) return 0;
  const furthest = (rules: readonly Rule[]): number =>
    rules.flatMap(queriesOf).reduce((most, expression) => Math.max(most, finite(horizonMs(expression, 0))), 0);
  return furthest(alerts.map(({ rule }) => rule)) + (recorded.length > 1 ? furthest(recorded) : 0);
}

export function selectorsIn(expressions: readonly Expression[]): readonly (readonly Matcher[])[] {
  return expressions.flatMap(selectorsOf).map(({ matchers }) => matchers);
}

/** Whether a selector can find series of this name. */
export function accepts(matchers: readonly Matcher[], name: string): boolean {
  return matchers.every((matcher) => matcher.name !== '__name__' || matcher.matches(name));
}

function neededBy(expressions: readonly Expression[], known: readonly RecordingRule[]): ReadonlySet<RecordingRule> {
  const needed = new Set<RecordingRule>();
  let asked = expressions;
  while (asked.length > 0) {
    const selectors = selectorsIn(asked);
    const found = known.filter(
      (rule) => !needed.has(rule) && selectors.some((matchers) => accepts(matchers, rule.name)),
    );
    for (const rule of found) needed.add(rule);
    asked = found.flatMap(queriesOf);
  }
  return needed;
}

function recordingRules(groups: readonly RuleGroup[]): readonly RecordingRule[] {
  return groups.flatMap(({ rules }) => rules.filter((rule): rule is RecordingRule => rule.makes === 'series'));
}

function expressionsOf(rule: Rule): readonly Expression[] {
  return [...queriesOf(rule), ...templateExpressions(rule)];
}

/** What it asks at every evaluation. */
export function queriesOf(rule: Rule): readonly Expression[] {
  return rule.makes === 'alerts' && rule.holds !== undefined
    ? [rule.expression, rule.holds.expression]
    : [rule.expression];
}

const textInTemplate = /"((?:[^"\\]|\\.)*)"|`([^`]*)`/g;

/** What `query` of its templates may ask: every text in them that is PromQL. One that a template puts together is not among them. */
function templateExpressions(rule: Rule): readonly Expression[] {
  if (rule.makes !== 'alerts') return [];
  return [...rule.labels, ...rule.annotations]
    .filter(({ template }) => !template.pure)
    .flatMap(({ template }) => [...template.text.matchAll(textInTemplate)])
    .flatMap(([, quoted, raw]) => {
      const expression = parsed(raw ?? (quoted ?? '').replace(/\\(.)/g, '$1'));
      return expression === undefined ? [] : [expression];
    });
}

function parsed(text: string): Expression | undefined {
  try {
    return parse(text);
  } catch (thrown) {
    if (thrown instanceof PromqlError) return undefined;
    throw thrown;
  }
}

function finite(ms: number): number {
  return Number.isFinite(ms) ? ms : 0;
}
