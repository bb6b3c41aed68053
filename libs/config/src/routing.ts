import { fromMatch, fromMatchRe } from './legacy-matchers.js';
import type { TreePath } from './path.js';
import type { RawInhibitRule, RawRoute } from './routing-schema.js';
import type { InhibitRuleConfig, RouteConfig } from './tapewatch-config.js';

/** Names and units as the program uses them. */
export function routeOf(raw: RawRoute): RouteConfig {
  return {
    ...(raw.receiver === undefined ? {} : { receiver: raw.receiver }),
    matchers: [...fromMatch(raw.match ?? {}), ...fromMatchRe(raw.match_re ?? {}), ...raw.matchers],
    continue: raw.continue,
    ...(raw.group_by === undefined ? {} : { groupBy: raw.group_by }),
    ...(raw.group_wait === undefined ? {} : { groupWaitMs: raw.group_wait }),
    ...(raw.group_interval === undefined ? {} : { groupIntervalMs: raw.group_interval }),
    ...(raw.repeat_interval === undefined ? {} : { repeatIntervalMs: raw.repeat_interval }),
    ...(raw.mute_time_intervals.length === 0 ? {} : { muteTimeIntervals: raw.mute_time_intervals }),
    ...(raw.active_time_intervals.length === 0 ? {} : { activeTimeIntervals: raw.active_time_intervals }),
    ...(raw.escalate === undefined
      ? {}
      : { escalate: raw.escalate.map(({ after, receiver }) => ({ afterMs: after, receiver })) }),
    routes: raw.routes.map(routeOf),
  };
}

export function inhibitRuleOf(raw: RawInhibitRule, path: TreePath): InhibitRuleConfig {
  return {
    ...(raw.name === undefined ? {} : { name: raw.name }),
    sourceMatchers: [
      ...fromMatch(raw.source_match ?? {}),
      ...fromMatchRe(raw.source_match_re ?? {}),
      ...raw.source_matchers,
    ],
    targetMatchers: [
      ...fromMatch(raw.target_match ?? {}),
      ...fromMatchRe(raw.target_match_re ?? {}),
      ...raw.target_matchers,
    ],
    equal: raw.equal,
    path,
  };
}
