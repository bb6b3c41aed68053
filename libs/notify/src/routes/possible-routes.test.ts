import type { RouteConfig } from '@tapewatch/config';
import { Labels } from '@tapewatch/model';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { possibleRoutes } from './possible-routes.js';
import { RouteTree } from './route-tree.js';
import { route } from '../testing/route-config.js';

const { root } = new RouteTree(
  route({
    receiver: 'ops',
    routes: [
      route({ receiver: 'pager', matchers: ['severity="critical"'], continue: true }),
      route({
        receiver: 'desk',
        matchers: ['team=~"desk|bots"'],
        routes: [route({ receiver: 'night', matchers: ['venue!=""'] })],
      }),
      route({ receiver: 'quiet', matchers: ['team=""'] }),
    ],
  }),
);
const receivers = (known: Record<string, string>): string[] =>
  possibleRoutes(root, new Map(Object.entries(known))).map(({ receiver }) => receiver);

describe('possibleRoutes', () => {
  it('takes every route that a label of which nothing is known may match', () => {
    expect(receivers({})).toEqual(['pager', 'night', 'desk', 'quiet', 'ops']);
    expect(receivers({ severity: 'warning', team: 'bots' })).toEqual(['night', 'desk']);
  });

  it('goes no further than a route that takes the alert for certain, and does not continue', () => {
    expect(receivers({ severity: 'critical', team: 'desk', venue: '' })).toEqual(['pager', 'desk']);
  });

  it('falls back to the root when nothing below can match', () => {
    expect(receivers({ severity: 'warning', team: 'finance' })).toEqual(['ops']);
  });

  it('misses no route that an alert takes, and with every label known finds those alone', () => {
    const value = fc.constantFrom('', 'x', 'y');
    const labels = fc.record({ a: value, b: value, c: value });
    const matchers = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('=', '!=', '=~', '!~'), value), {
      maxLength: 2,
    });
    const tree = (depth: number): fc.Arbitrary<RouteConfig> =>
      fc.record({
        matchers: matchers.map((list) => list.map(([name, operator, text]) => `${name}${operator}"${text}"`)),
        continue: fc.boolean(),
        routes: depth === 0 ? fc.constant([]) : fc.array(tree(depth - 1), { maxLength: 3 }),
      });
    const roots = tree(3).map(({ routes }) => new RouteTree(route({ receiver: 'ops', routes })));
    fc.assert(
      fc.property(roots, labels, fc.subarray(['a', 'b', 'c'] as const), (routes, alert, known) => {
        const taken = routes.routesFor(Labels.of(alert));
        const some = possibleRoutes(routes.root, new Map(known.map((name) => [name, alert[name]])));
        expect(some).toEqual(expect.arrayContaining([...taken]));
        expect(possibleRoutes(routes.root, new Map(Object.entries(alert)))).toEqual(taken);
      }),
    );
  });
});
