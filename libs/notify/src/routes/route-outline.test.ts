import { Labels } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { outlineMatching, outlineRoutes } from './route-outline.js';
import { RouteTree } from './route-tree.js';
import { alertmanagerRoot, route } from '../testing/route-config.js';

const { root } = new RouteTree(
  alertmanagerRoot({
    receiver: 'default',
    routes: [
      route({
        match: { test: '2' },
        receiver: 'test2',
        continue: true,
        routes: [route({ matchers: ['a=b'] }), route({ matchers: ['a=c'], receiver: 'deep' })],
      }),
      route({ matchRe: { test: '^[12]$' }, receiver: 'test1', continue: true }),
    ],
  }),
);

describe('the outline of routes', () => {
  it('shows the whole tree as amtool draws it', () => {
    expect(outlineRoutes(root)).toEqual([
      '.',
      '└── default-route  receiver: default',
      '    ├── {test="2"}  continue: true  receiver: test2',
      '    │   ├── {a="b"}  receiver: test2',
      '    │   └── {a="c"}  receiver: deep',
      '    └── {test=~"^(?:^[12]$)$"}  continue: true  receiver: test1',
    ]);
  });

  it('shows what matches, with receivers where the search ends', () => {
    expect(outlineMatching(root, Labels.of({ test: '2', a: 'c' }))).toEqual([
      '.',
      '└── default-route',
      '    ├── {test="2"}',
      '    │   └── {a="c"}  receiver: deep',
      '    └── {test=~"^(?:^[12]$)$"}  receiver: test1',
    ]);
    expect(outlineMatching(root, Labels.EMPTY)).toEqual(['.', '└── default-route  receiver: default']);
  });
});
