import type { RouteNode } from './route-tree.js';

/** Labels that an alert will have, by name: '' = it will not have it. Of a name that is not there nothing is known. */
export type KnownLabels = ReadonlyMap<string, string>;

/** The routes that an alert with these labels may take, whatever its other labels are: all of them that cannot be ruled out, in the tree's order. */
export function possibleRoutes(root: RouteNode, known: KnownLabels): readonly RouteNode[] {
  return walk(root, known).routes;
}

interface Found {
  readonly routes: readonly RouteNode[];
  /** One of the routes takes the alert whatever else it has. */
  readonly isCertain: boolean;
}

const none: Found = { routes: [], isCertain: false };

function walk(node: RouteNode, known: KnownLabels): Found {
  const verdicts = node.matchers.map((matcher) => {
    const value = known.get(matcher.name);
    return value === undefined ? 'maybe' : matcher.matches(value) ? 'yes' : 'no';
  });
  if (verdicts.includes('no')) return none;
  const routes: RouteNode[] = [];
  let isTakenBelow = false;
  for (const child of node.children) {
    const below = walk(child, known);
    routes.push(...below.routes);
    isTakenBelow ||= below.isCertain;
    if (below.isCertain && !child.continue) break;
  }
  return { routes: isTakenBelow ? routes : [...routes, node], isCertain: !verdicts.includes('maybe') };
}
