import type { TapewatchConfig } from '@tapewatch/config';
import { ConfigError, Labels } from '@tapewatch/model';
import { outlineMatching, outlineRoutes, RouteTree } from '@tapewatch/notify';
import { PromqlError, readMatchers } from '@tapewatch/promql';
import { routingProblems } from './routing-problems.js';

/** Where alerts of these labels would go. */
export interface RouteTest {
  /** In the order of the tree. */
  readonly receivers: readonly string[];
  /** The routes taken, drawn as amtool does. */
  readonly tree: readonly string[];
}

/** The tree of routes, drawn as amtool does. Throws a ConfigError for matchers that cannot be read. */
export function showRoutes(config: TapewatchConfig): readonly string[] {
  return outlineRoutes(treeOf(config).root);
}

/** Throws a ConfigError for matchers that cannot be read; of labels that are none it gives the first. */
export function testRoutes(
  config: TapewatchConfig,
  written: readonly string[],
): RouteTest | { readonly notLabel: string } {
  const tree = treeOf(config);
  const pairs = written.map(labelOf);
  const wrong = pairs.indexOf(undefined);
  if (wrong >= 0) return { notLabel: written[wrong] ?? '' };
  const labels = Labels.fromEntries(pairs.filter((pair) => pair !== undefined));
  return {
    receivers: tree.routesFor(labels).map(({ receiver }) => receiver),
    tree: outlineMatching(tree.root, labels),
  };
}

function treeOf(config: TapewatchConfig): RouteTree {
  const problems = routingProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return new RouteTree(config.route);
}

/** `name=value`, in either syntax of matchers. */
function labelOf(text: string): readonly [string, string] | undefined {
  try {
    const [matcher, ...others] = readMatchers(text);
    if (matcher === undefined || others.length > 0 || matcher.operator !== '=') return undefined;
    return [matcher.name, matcher.value];
  } catch (error) {
    if (error instanceof PromqlError) return undefined;
    throw error;
  }
}
