import { fromMatch, fromMatchRe, type RouteConfig } from '@tapewatch/config';

interface Written extends Partial<RouteConfig> {
  readonly match?: Readonly<Record<string, string>>;
  readonly matchRe?: Readonly<Record<string, string>>;
}

/** A route as one writes it, for tests. */
export function route({ match = {}, matchRe = {}, matchers = [], ...rest }: Written = {}): RouteConfig {
  return {
    continue: false,
    routes: [],
    ...rest,
    matchers: [...fromMatch(match), ...fromMatchRe(matchRe), ...matchers],
  };
}

/** The root of an alertmanager.yml, with Alertmanager's own defaults. */
export function alertmanagerRoot(config: Written): RouteConfig {
  return route({ groupBy: [], groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000, ...config });
}
