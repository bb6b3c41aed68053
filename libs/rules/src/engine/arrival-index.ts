import type { Matcher, Series } from '@tapewatch/model';
import type { VectorSelector } from '@tapewatch/promql';
import { selectorsOf } from '@tapewatch/promql';
import type { AlertRule } from '../rule-group.js';
import type { LiveGroup } from './live-group.js';
import type { LiveRule } from './live-rule.js';

/** A rule that may be judged between ticks. */
export interface ArrivalRule {
  readonly group: LiveGroup;
  readonly rule: LiveRule;
  readonly selectors: readonly VectorSelector[];
}

/** The tick comes once a second: what a group is due for more rarely, it is to be judged by that seldom. */
const tickMs = 1000;
/** Series that the rules themselves make. */
const ownNames: ReadonlySet<string> = new Set(['ALERTS', 'ALERTS_FOR_STATE']);

/**
 * Which rules a value that comes between ticks is for: alerting rules of groups that are due with every tick, that look at the present,
 * name every metric they select, and select nothing that rules record, which is worked out with the tick alone.
 */
export class ArrivalIndex {
  readonly #byMetric = new Map<string, ArrivalRule[]>();
  /** Labels of a series never change, nor does what a rule selects. */
  readonly #bySeries = new WeakMap<Series, readonly ArrivalRule[]>();

  constructor(groups: readonly LiveGroup[]) {
    const recorded = new Set(groups.flatMap(({ group }) => group.rules.flatMap(recordedName)));
    for (const group of groups) {
      if (group.group.intervalMs > tickMs || group.group.queryOffsetMs > 0) continue;
      for (const rule of group.live()) {
        if (rule.rule.makes !== 'alerts') continue;
        const selectors = selectorsIn(rule.rule);
        const names = selectors.map(({ matchers }) => metricOf(matchers));
        if (!names.every((name) => name !== undefined && !recorded.has(name) && !ownNames.has(name))) continue;
        for (const name of new Set(names)) this.#add(name as string, { group, rule, selectors });
      }
    }
  }

  /** Those that select the series, in the order of their groups. */
  rulesOf(series: Series): readonly ArrivalRule[] {
    const known = this.#bySeries.get(series);
    if (known !== undefined) return known;
    const rules = (this.#byMetric.get(series.labels.get('__name__')) ?? []).filter(({ selectors }) =>
      selectors.some(({ matchers }) => matchers.every((matcher) => matcher.matches(series.labels.get(matcher.name)))),
    );
    this.#bySeries.set(series, rules);
    return rules;
  }

  #add(name: string, rule: ArrivalRule): void {
    const known = this.#byMetric.get(name);
    if (known === undefined) this.#byMetric.set(name, [rule]);
    else known.push(rule);
  }
}

function recordedName(rule: LiveRule['rule']): readonly string[] {
  return rule.makes === 'series' ? [rule.name] : [];
}

function selectorsIn({ expression, holds }: AlertRule): readonly VectorSelector[] {
  return [...selectorsOf(expression), ...(holds === undefined ? [] : selectorsOf(holds.expression))];
}

/** The one metric that a selector can match, if it is one. */
function metricOf(matchers: readonly Matcher[]): string | undefined {
  return matchers.find(({ name, operator, value }) => name === '__name__' && operator === '=' && value !== '')?.value;
}
