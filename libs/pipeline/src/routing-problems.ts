import type { RouteConfig, TapewatchConfig } from '@tapewatch/config';
import { formatPath, type TreePath } from '@tapewatch/config';
import type { Problem } from '@tapewatch/model';
import { PromqlError, readMatchers } from '@tapewatch/promql';

/** Matchers of routes and of inhibition rules that cannot be read, and inhibition rules that would keep everything quiet. */
export function routingProblems(config: TapewatchConfig): readonly Problem[] {
  const { locate, routingPath } = config;
  const told = (path: TreePath, fault: Pick<Problem, 'code' | 'message' | 'allowed' | 'found'>): Problem => {
    const { file, line, column, substituted } = locate(path);
    const { found, ...rest } = fault;
    const shown = substituted === true || found === undefined ? {} : { found };
    return { ...rest, ...shown, file, line, column, path: formatPath(path) };
  };
  const unreadable = (text: string, path: TreePath): readonly Problem[] => {
    try {
      readMatchers(text);
      return [];
    } catch (error) {
      if (!(error instanceof PromqlError)) throw error;
      return [
        told(path, {
          code: 'CONFIG_INVALID_VALUE',
          message: `Not a matcher: ${error.message}.`,
          found: JSON.stringify(text),
          allowed: 'name = "value", with = != =~ or !~',
        }),
      ];
    }
  };
  const ofRoute = (route: RouteConfig, path: TreePath): readonly Problem[] => [
    ...route.matchers.flatMap((text) => unreadable(text, [...path, 'matchers'])),
    ...route.routes.flatMap((child, i) => ofRoute(child, [...path, 'routes', i])),
  ];
  const ofRules = config.inhibitRules.flatMap(({ sourceMatchers, targetMatchers, path }) => [
    ...sourceMatchers.flatMap((text) => unreadable(text, [...path, 'source_matchers'])),
    ...targetMatchers.flatMap((text) => unreadable(text, [...path, 'target_matchers'])),
  ]);
  return [...ofRoute(config.route, [...routingPath, 'route']), ...ofRules];
}
