import type { RouteConfig } from '@tapewatch/config';
import { Labels } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { groupLabels, RouteTree, type RouteNode } from './routes/route-tree.js';
import { alertmanagerRoot, route } from './testing/route-config.js';

const minute = 60_000;
const plain = {
  groupBy: [] as string[] | 'all',
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * minute,
  repeatIntervalMs: 240 * minute,
};

const written = {
  match: alertmanagerRoot({
    receiver: 'notify-def',
    routes: [
      route({
        match: { owner: 'team-A' },
        receiver: 'notify-A',
        routes: [
          route({ match: { env: 'testing' }, receiver: 'notify-testing', groupBy: ['...'] }),
          route({ match: { env: 'production' }, receiver: 'notify-productionA', groupWaitMs: minute, continue: true }),
          route({
            matchRe: { env: 'produ.*', job: '.*' },
            receiver: 'notify-productionB',
            groupWaitMs: 30_000,
            groupIntervalMs: 5 * minute,
            repeatIntervalMs: 60 * minute,
            groupBy: ['job'],
          }),
        ],
      }),
      route({
        matchRe: { owner: 'team-(B|C)' },
        groupBy: ['foo', 'bar'],
        groupWaitMs: 2 * minute,
        receiver: 'notify-BC',
      }),
      route({
        match: { group_by: 'role' },
        groupBy: ['role'],
        routes: [
          route({
            match: { env: 'testing' },
            receiver: 'notify-testing',
            routes: [route({ match: { wait: 'long' }, groupWaitMs: 2 * minute })],
          }),
        ],
      }),
    ],
  }),
  matchers: alertmanagerRoot({
    receiver: 'notify-def',
    routes: [
      route({
        matchers: ['{owner="team-A"}', '{level!="critical"}'],
        receiver: 'notify-A',
        routes: [
          route({
            matchers: ['{env="testing"}', '{baz!~".*quux"}'],
            receiver: 'notify-testing',
            groupBy: ['...'],
          }),
          route({
            matchers: ['{env="production"}'],
            receiver: 'notify-productionA',
            groupWaitMs: minute,
            continue: true,
          }),
          route({
            matchers: ['env=~"produ.*"', 'job=~".*"'],
            receiver: 'notify-productionB',
            groupWaitMs: 30_000,
            groupIntervalMs: 5 * minute,
            repeatIntervalMs: 60 * minute,
            groupBy: ['job'],
          }),
        ],
      }),
      route({
        matchers: ['owner=~"team-(B|C)"'],
        groupBy: ['foo', 'bar'],
        groupWaitMs: 2 * minute,
        receiver: 'notify-BC',
      }),
      route({
        matchers: ['group_by="role"'],
        groupBy: ['role'],
        routes: [
          route({
            matchers: ['{env="testing"}'],
            receiver: 'notify-testing',
            routes: [route({ matchers: ['wait="long"'], groupWaitMs: 2 * minute })],
          }),
        ],
      }),
    ],
  }),
};

/** Both ways in one tree, as TestRouteMatchersAndMatch has it. */
function mixed(): RouteConfig {
  const { matchers, match } = written;
  const [teamA, , role] = matchers.routes as [RouteConfig, RouteConfig, RouteConfig];
  const [, , b] = teamA.routes as [RouteConfig, RouteConfig, RouteConfig];
  const production = match.routes[0]?.routes[1] as RouteConfig;
  return {
    ...matchers,
    routes: [
      { ...teamA, routes: [teamA.routes[0] as RouteConfig, production, b] },
      match.routes[1] as RouteConfig,
      role,
    ],
  };
}

const told = ({ key, receiver, groupBy, groupWaitMs, groupIntervalMs, repeatIntervalMs }: RouteNode) => ({
  key,
  receiver,
  groupBy,
  groupWaitMs,
  groupIntervalMs,
  repeatIntervalMs,
});

interface Keys {
  readonly a: string;
  readonly bc: string;
  readonly testing: string;
  readonly productionA: string;
  readonly productionB: string;
}

/** The eight inputs that the three tables of dispatch/route_test.go share. */
function table(keys: Keys): readonly [Record<string, string>, Partial<ReturnType<typeof told>>[]][] {
  return [
    [{ owner: 'team-A' }, [{ receiver: 'notify-A', key: keys.a }]],
    [{ owner: 'team-A', env: 'unset' }, [{ receiver: 'notify-A', key: keys.a }]],
    [{ owner: 'team-C' }, [{ receiver: 'notify-BC', groupBy: ['foo', 'bar'], groupWaitMs: 2 * minute, key: keys.bc }]],
    [
      { owner: 'team-A', env: 'testing' },
      [{ receiver: 'notify-testing', groupBy: 'all', key: `${keys.a}/${keys.testing}` }],
    ],
    [
      { owner: 'team-A', env: 'production' },
      [
        { receiver: 'notify-productionA', groupWaitMs: minute, key: `${keys.a}/${keys.productionA}` },
        {
          receiver: 'notify-productionB',
          groupBy: ['job'],
          repeatIntervalMs: 60 * minute,
          key: `${keys.a}/${keys.productionB}`,
        },
      ],
    ],
    [{ group_by: 'role' }, [{ receiver: 'notify-def', groupBy: ['role'], key: '{}/{group_by="role"}' }]],
    [
      { env: 'testing', group_by: 'role' },
      [{ receiver: 'notify-testing', groupBy: ['role'], key: '{}/{group_by="role"}/{env="testing"}' }],
    ],
    [
      { env: 'testing', group_by: 'role', wait: 'long' },
      [
        {
          receiver: 'notify-testing',
          groupBy: ['role'],
          groupWaitMs: 2 * minute,
          key: '{}/{group_by="role"}/{env="testing"}/{wait="long"}',
        },
      ],
    ],
  ];
}

const legacyKeys: Keys = {
  a: '{}/{owner="team-A"}',
  bc: '{}/{owner=~"^(?:team-(B|C))$"}',
  testing: '{env="testing"}',
  productionA: '{env="production"}',
  productionB: '{env=~"^(?:produ.*)$",job=~"^(?:.*)$"}',
};
const newKeys: Keys = {
  a: '{}/{level!="critical",owner="team-A"}',
  bc: '{}/{owner=~"team-(B|C)"}',
  testing: '{baz!~".*quux",env="testing"}',
  productionA: '{env="production"}',
  productionB: '{env=~"produ.*",job=~".*"}',
};

/** Alertmanager's dispatch/route_test.go. */
describe('Alertmanager’s routes', () => {
  const cases = [
    ['TestRouteMatch', written.match, legacyKeys],
    ['TestRouteMatchers', written.matchers, newKeys],
    ['TestRouteMatchersAndMatch', mixed(), { ...newKeys, bc: legacyKeys.bc }],
  ] as const;
  describe.each(cases)('%s', (_name, config, keys) => {
    const tree = new RouteTree(config);
    it.each(table(keys))('%j', (labels, wanted) => {
      expect(tree.routesFor(Labels.of(labels)).map(told)).toEqual(wanted.map((one) => ({ ...plain, ...one })));
    });
  });

  it('TestRouteWalk', () => {
    const walk = (node: RouteNode): string[] => [node.receiver, ...node.children.flatMap(walk)];
    expect(walk(new RouteTree(written.match).root)).toEqual([
      'notify-def',
      'notify-A',
      'notify-testing',
      'notify-productionA',
      'notify-productionB',
      'notify-BC',
      'notify-def',
      'notify-testing',
      'notify-testing',
    ]);
  });

  it('TestInheritParentGroupByAll', () => {
    const tree = new RouteTree(
      alertmanagerRoot({
        routes: [
          route({
            match: { env: 'parent' },
            groupBy: ['...'],
            routes: [route({ match: { env: 'child1' } }), route({ match: { env: 'child2' }, groupBy: ['foo'] })],
          }),
        ],
      }),
    );
    const [parent] = tree.root.children;
    expect(parent?.groupBy).toBe('all');
    expect(parent?.children.map(({ groupBy }) => groupBy)).toEqual(['all', ['foo']]);
  });

  it('TestRouteID', () => {
    const twin = { continue: true, matchers: ['foo=bar'], routes: [route({ matchers: ['bar=baz'] })] };
    const tree = new RouteTree(
      alertmanagerRoot({
        receiver: 'default',
        routes: [
          route({ ...twin, receiver: 'test1' }),
          route({ ...twin, receiver: 'test1' }),
          route({ ...twin, receiver: 'test2' }),
          route({
            continue: true,
            matchers: ['bar=baz'],
            receiver: 'test3',
            routes: [route({ matchers: ['baz=qux'] }), route({ matchers: ['qux=corge'] })],
          }),
          route({ continue: true, matchers: ['qux=~"[a-zA-Z0-9]+"'] }),
          route({ continue: true, matchers: ['corge!~"[0-9]+"'] }),
        ],
      }),
    );
    const ids = (node: RouteNode): string[] => [node.id, ...node.children.flatMap(ids)];
    expect(ids(tree.root)).toEqual([
      '{}',
      '{}/{foo="bar"}/0',
      '{}/{foo="bar"}/0/{bar="baz"}/0',
      '{}/{foo="bar"}/1',
      '{}/{foo="bar"}/1/{bar="baz"}/0',
      '{}/{foo="bar"}/2',
      '{}/{foo="bar"}/2/{bar="baz"}/0',
      '{}/{bar="baz"}/3',
      '{}/{bar="baz"}/3/{baz="qux"}/0',
      '{}/{bar="baz"}/3/{qux="corge"}/1',
      '{}/{qux=~"[a-zA-Z0-9]+"}/4',
      '{}/{corge!~"[0-9]+"}/5',
    ]);
  });

  it.each<[string[], Record<string, string>, string]>([
    [['a', 'b'], { a: 'v1', b: 'v2' }, 'TestGroupLabels'],
    [['...'], { a: 'v1', b: 'v2', c: 'v3' }, 'TestGroupByAllLabels'],
  ])('groups by %j: %j (%s)', (groupBy, wanted) => {
    const { root } = new RouteTree(alertmanagerRoot({ receiver: 'x', groupBy }));
    expect(groupLabels(root, Labels.of({ a: 'v1', b: 'v2', c: 'v3' })).toObject()).toEqual(wanted);
  });

  it('quotes names that need it, and escapes values as OpenMetrics does', () => {
    const { root } = new RouteTree(
      alertmanagerRoot({ receiver: 'x', routes: [route({ matchers: ['"a name"="x"', 'b="say \\"hi\\""'] })] }),
    );
    expect(root.children[0]?.key).toBe('{}/{"a name"="x",b="say \\"hi\\""}');
  });
});

/** Alertmanager's cli/test_routing_test.go, TestRoutingTest. */
describe('amtool config routes test', () => {
  const two = route({ match: { test: '2' }, receiver: 'test2' });
  const both = route({ matchRe: { test: '^[12]$' }, receiver: 'test1', continue: true });
  it.each([
    ['conf.routing.yml', [both, two], { test: '1' }, ['test1']],
    ['conf.routing.yml', [both, two], { test: '2' }, ['test1', 'test2']],
    ['conf.routing-reverted.yml', [{ ...two, continue: true }, both], { test: '2' }, ['test2', 'test1']],
    ['conf.routing.yml', [both, two], { test: 'volovina' }, ['default']],
  ])('%s', (_file, routes, labels, wanted) => {
    const tree = new RouteTree(alertmanagerRoot({ receiver: 'default', routes }));
    expect(tree.routesFor(Labels.of(labels)).map(({ receiver }) => receiver)).toEqual(wanted);
  });
});
