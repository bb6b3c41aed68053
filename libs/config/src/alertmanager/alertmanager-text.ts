import { formatDuration } from '@tapewatch/model';
import { stringify } from 'yaml';
import type { RouteConfig, TapewatchConfig } from '../tapewatch-config.js';

/**
 * Routes, inhibition rules, time intervals and the names of receivers as an Alertmanager's file has them, wherever they were written: what
 * amtool reads from a running Alertmanager. How receivers are reached is left out, as it may be secret, and of kinds that Alertmanager lacks.
 */
export function alertmanagerText(config: TapewatchConfig): string {
  const { alerts, route, receivers, inhibitRules, timeIntervals } = config;
  return stringify(
    {
      global: { resolve_timeout: formatDuration(alerts.resolveTimeoutMs) },
      // Written out, as what is unset there is slower than here.
      route: routeOf({ groupWaitMs: 0, groupIntervalMs: 1_000, repeatIntervalMs: 4 * 3_600_000, ...route }),
      ...(inhibitRules.length === 0
        ? {}
        : {
            inhibit_rules: inhibitRules.map(({ name, sourceMatchers, targetMatchers, equal }) => ({
              ...(name === undefined ? {} : { name }),
              source_matchers: sourceMatchers,
              target_matchers: targetMatchers,
              equal,
            })),
          }),
      ...(timeIntervals.length === 0
        ? {}
        : {
            time_intervals: timeIntervals.map(({ name, intervals }) => ({
              name,
              time_intervals: intervals.map(({ fields }) => fields),
            })),
          }),
      receivers: receivers.map(({ name }) => ({ name })),
    },
    { lineWidth: 0 },
  );
}

/** Escalations have no word there. */
function routeOf(route: RouteConfig): Readonly<Record<string, unknown>> {
  const duration = (name: string, ms: number | undefined): Readonly<Record<string, string>> =>
    ms === undefined ? {} : { [name]: formatDuration(ms) };
  const list = (name: string, values: readonly unknown[] | undefined): Readonly<Record<string, readonly unknown[]>> =>
    values === undefined || values.length === 0 ? {} : { [name]: values };
  return {
    ...(route.receiver === undefined ? {} : { receiver: route.receiver }),
    ...list('group_by', route.groupBy),
    ...list('matchers', route.matchers),
    ...(route.continue ? { continue: true } : {}),
    ...duration('group_wait', route.groupWaitMs),
    ...duration('group_interval', route.groupIntervalMs),
    ...duration('repeat_interval', route.repeatIntervalMs),
    ...list('mute_time_intervals', route.muteTimeIntervals),
    ...list('active_time_intervals', route.activeTimeIntervals),
    ...list('routes', route.routes.map(routeOf)),
  };
}
