import type { RouteConfig } from '@tapewatch/config';
import type { Labels, Matcher } from '@tapewatch/model';
import { parseMatchers } from '@tapewatch/promql';

/** How alerts that come this way are told: everything inherited is filled in. */
export interface Route {
  /** Tells routes apart; as Alertmanager builds it from the matchers on the way, with the position for twins. */
  readonly key: string;
  readonly receiver: string;
  /** `'all'` = every label. */
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
}

interface Node extends Route {
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly children: readonly Node[];
}

/** What holds at the root where nothing is written. Ours, quicker than Alertmanager's: 0 s, 1 s, 4 h, by alert name. */
export const defaults: Omit<Route, 'key' | 'receiver'> = {
  groupBy: ['alertname'],
  groupWaitMs: 0,
  groupIntervalMs: 1_000,
  repeatIntervalMs: 4 * 3_600_000,
};

/** Alertmanager's routing tree. */
export class RouteTree {
  readonly #root: Node;

  /** The config has been checked: receivers exist, matchers parse. */
  constructor(config: RouteConfig) {
    this.#root = compile(config, { ...defaults, key: '', receiver: config.receiver ?? '' }, 0);
  }

  /** The routes an alert takes: the deepest that match; a match ends the search among siblings unless it says continue. */
  routesFor(labels: Labels): readonly Route[] {
    return walk(this.#root, labels);
  }
}

/** The labels by which a route groups an alert. */
export function groupLabels(route: Route, labels: Labels): Labels {
  return route.groupBy === 'all' ? labels : labels.keep(...route.groupBy);
}

function compile(config: RouteConfig, parent: Route, position: number): Node {
  const route: Route = {
    key: `${parent.key}/${position}{${config.matchers.join(',')}}`,
    receiver: config.receiver ?? parent.receiver,
    groupBy: config.groupBy === undefined ? parent.groupBy : config.groupBy.includes('...') ? 'all' : config.groupBy,
    groupWaitMs: config.groupWaitMs ?? parent.groupWaitMs,
    groupIntervalMs: config.groupIntervalMs ?? parent.groupIntervalMs,
    repeatIntervalMs: config.repeatIntervalMs ?? parent.repeatIntervalMs,
  };
  return {
    ...route,
    matchers: config.matchers.flatMap((text) => parseMatchers(text)),
    continue: config.continue,
    children: config.routes.map((child, i) => compile(child, route, i)),
  };
}

function walk(node: Node, labels: Labels): readonly Route[] {
  if (!node.matchers.every((matcher) => matcher.matches(labels.get(matcher.name)))) return [];
  const found: Route[] = [];
  for (const child of node.children) {
    const below = walk(child, labels);
    found.push(...below);
    if (below.length > 0 && !child.continue) break;
  }
  return found.length > 0 ? found : [node];
}
