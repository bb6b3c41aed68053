import type { RouteConfig } from '@tapewatch/config';
import { Labels } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { groupLabels, RouteTree } from './route-tree.js';

const route = (config: Partial<RouteConfig>): RouteConfig => ({ matchers: [], continue: false, routes: [], ...config });

const tree = new RouteTree(
  route({
    receiver: 'ops',
    groupBy: ['alertname', 'venue'],
    groupWaitMs: 5_000,
    routes: [
      route({ receiver: 'pager', matchers: ['severity="critical"'], continue: true, groupWaitMs: 0 }),
      route({
        matchers: ['venue=~"bin.*"'],
        repeatIntervalMs: 60_000,
        routes: [route({ receiver: 'desk', matchers: ['desk="a"'], groupBy: ['...'] })],
      }),
      route({ receiver: 'never', matchers: ['venue="binance"'] }),
    ],
  }),
);
const receivers = (labels: Record<string, string>): string[] =>
  tree.routesFor(Labels.of(labels)).map(({ receiver }) => receiver);

describe('RouteTree', () => {
  it('falls back to the root', () => {
    expect(receivers({ venue: 'kraken' })).toEqual(['ops']);
  });

  it('goes on after a match only where it says continue', () => {
    expect(receivers({ severity: 'critical', venue: 'binance' })).toEqual(['pager', 'ops']);
    expect(receivers({ severity: 'critical' })).toEqual(['pager']);
  });

  it('takes the deepest match', () => {
    expect(receivers({ venue: 'binance', desk: 'a' })).toEqual(['desk']);
  });

  it('inherits what is not written', () => {
    const [desk] = tree.routesFor(Labels.of({ venue: 'binance', desk: 'a' }));
    expect(desk).toMatchObject({
      groupBy: 'all',
      groupWaitMs: 5_000,
      groupIntervalMs: 1_000,
      repeatIntervalMs: 60_000,
    });
    const [pager] = tree.routesFor(Labels.of({ severity: 'critical' }));
    expect(pager).toMatchObject({ groupBy: ['alertname', 'venue'], groupWaitMs: 0, repeatIntervalMs: 14_400_000 });
  });

  it('groups by the labels of its route', () => {
    const labels = Labels.of({ alertname: 'A', venue: 'binance', desk: 'a' });
    const [desk] = tree.routesFor(labels);
    const [ops] = tree.routesFor(Labels.of({ alertname: 'A', venue: 'kraken', x: '1' }));
    expect(desk && groupLabels(desk, labels).toObject()).toEqual({ alertname: 'A', venue: 'binance', desk: 'a' });
    expect(ops && groupLabels(ops, labels).toObject()).toEqual({ alertname: 'A', venue: 'binance' });
  });
});
