import type { RouteConfig } from '@tapewatch/config';
import type { Labels, Matcher } from '@tapewatch/model';
import { readMatchers } from '@tapewatch/promql';
import { formatRouteMatchers } from './route-matchers.js';

/** A later step of a route: whom to tell of an alert that nobody has in hand by then. */
export interface EscalationStep {
  /** Since the alert began to fire. */
  readonly afterMs: number;
  readonly receiver: string;
}

/** How alerts that come this way are told: everything inherited is filled in. */
export interface Route {
  /** Alertmanager's route id: one per route, from the matchers on the way and the positions among siblings. */
  readonly id: string;
  /** Alertmanager's route key: from the matchers on the way alone, so that twins share it. Part of the group key. */
  readonly key: string;
  readonly receiver: string;
  /** `'all'` = every label. */
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  /** Nobody wrote a group interval: news are told as soon as it is over, not at the group's next tick. */
  readonly prompt: boolean;
  readonly repeatIntervalMs: number;
  /** Names of time intervals; within one of them nothing is told. Not inherited. */
  readonly muteTimeIntervals: readonly string[];
  /** Names of time intervals; where there are any, nothing is told outside all of them. Not inherited. */
  readonly activeTimeIntervals: readonly string[];
  readonly escalate: readonly EscalationStep[];
}

/** A route with what lies below it, for those who show the tree. */
export interface RouteNode extends Route {
  /** In Alertmanager's order: by name, value and operator. */
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly children: readonly RouteNode[];
}

/** What holds at the root where nothing is written. Ours, quicker than Alertmanager's: 0 s, 1 s, 4 h, by alert name. */
export const defaults: Omit<Route, 'id' | 'key' | 'receiver'> = {
  groupBy: ['alertname'],
  groupWaitMs: 0,
  groupIntervalMs: 1_000,
  prompt: true,
  repeatIntervalMs: 4 * 3_600_000,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  escalate: [],
};

/** Alertmanager's routing tree. */
export class RouteTree {
  readonly root: RouteNode;

  /** The config has been checked: receivers exist, matchers parse. */
  constructor(config: RouteConfig) {
    this.root = compile(config);
  }

  /** The routes an alert takes: the deepest that match; a match ends the search among siblings unless it says continue. */
  routesFor(labels: Labels): readonly RouteNode[] {
    return walk(this.root, labels);
  }
}

/** The labels by which a route groups an alert. */
export function groupLabels(route: Route, labels: Labels): Labels {
  return route.groupBy === 'all' ? labels : labels.keep(...route.groupBy);
}

/** Every matcher holds; a missing label has the value ''. */
export function matchesRoute(node: RouteNode, labels: Labels): boolean {
  return node.matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
}

/** A step of a route as a route of its own: told at once, grouped as the route is. */
export function escalationRoute(route: Route, index: number): Route | undefined {
  const step = route.escalate[index];
  if (step === undefined) return undefined;
  const suffix = `/escalate/${index}`;
  return {
    ...route,
    id: route.id + suffix,
    key: route.key + suffix,
    receiver: step.receiver,
    groupWaitMs: 0,
    escalate: [],
  };
}

function compile(config: RouteConfig, parent?: Route, position?: number): RouteNode {
  const matchers = config.matchers.flatMap((text) => readMatchers(text)).sort(inOrder);
  const text = formatRouteMatchers(matchers);
  const inherited = parent ?? { ...defaults, receiver: '' };
  const route: Route = {
    id: parent === undefined ? text : `${parent.id}/${text}/${position ?? 0}`,
    key: parent === undefined ? text : `${parent.key}/${text}`,
    receiver: config.receiver ?? inherited.receiver,
    groupBy: config.groupBy === undefined ? inherited.groupBy : config.groupBy.includes('...') ? 'all' : config.groupBy,
    groupWaitMs: config.groupWaitMs ?? inherited.groupWaitMs,
    groupIntervalMs: config.groupIntervalMs ?? inherited.groupIntervalMs,
    prompt: inherited.prompt && config.groupIntervalMs === undefined,
    repeatIntervalMs: config.repeatIntervalMs ?? inherited.repeatIntervalMs,
    muteTimeIntervals: config.muteTimeIntervals ?? [],
    activeTimeIntervals: config.activeTimeIntervals ?? [],
    escalate: config.escalate ?? inherited.escalate,
  };
  return {
    ...route,
    matchers,
    continue: config.continue,
    children: config.routes.map((child, i) => compile(child, route, i)),
  };
}

function walk(node: RouteNode, labels: Labels): readonly RouteNode[] {
  if (!matchesRoute(node, labels)) return [];
  const found: RouteNode[] = [];
  for (const child of node.children) {
    const below = walk(child, labels);
    found.push(...below);
    if (below.length > 0 && !child.continue) break;
  }
  return found.length > 0 ? found : [node];
}

/** Alertmanager numbers its operators so. */
const operators = ['=', '!=', '=~', '!~'];

function inOrder(a: Matcher, b: Matcher): number {
  return (
    compare(a.name, b.name) ||
    compare(a.value, b.value) ||
    operators.indexOf(a.operator) - operators.indexOf(b.operator)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
