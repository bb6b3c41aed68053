import type { Labels } from '@tapewatch/model';
import { formatRouteMatchers } from './route-matchers.js';
import { matchesRoute, type RouteNode } from './route-tree.js';

interface Branch {
  readonly text: string;
  readonly below: readonly Branch[];
}

/** The whole tree as `amtool config routes show` draws it. */
export function outlineRoutes(root: RouteNode): readonly string[] {
  return drawn(branchOf(root));
}

/** The routes that these labels take, as `amtool config routes test --tree` draws them. */
export function outlineMatching(root: RouteNode, labels: Labels): readonly string[] {
  return drawn(matchingBranch(root, labels));
}

function branchOf(node: RouteNode): Branch {
  return { text: told(node, { continues: true, receiver: true }), below: node.children.map(branchOf) };
}

function matchingBranch(node: RouteNode, labels: Labels): Branch {
  const below: Branch[] = [];
  for (const child of node.children) {
    if (!matchesRoute(child, labels)) continue;
    below.push(matchingBranch(child, labels));
    if (!child.continue) break;
  }
  return { text: told(node, { continues: false, receiver: below.length === 0 }), below };
}

function told(node: RouteNode, show: { readonly continues: boolean; readonly receiver: boolean }): string {
  return [
    node.matchers.length === 0 ? 'default-route' : formatRouteMatchers(node.matchers),
    ...(node.continue && show.continues ? ['continue: true'] : []),
    ...(show.receiver ? [`receiver: ${node.receiver}`] : []),
  ].join('  ');
}

function drawn(root: Branch): readonly string[] {
  return ['.', ...limbs([root], '')];
}

function limbs(branches: readonly Branch[], indent: string): readonly string[] {
  return branches.flatMap(({ text, below }, i) => {
    const last = i === branches.length - 1;
    return [`${indent}${last ? '└── ' : '├── '}${text}`, ...limbs(below, `${indent}${last ? '    ' : '│   '}`)];
  });
}
