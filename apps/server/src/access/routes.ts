import { alertmanagerRoutes } from './alertmanager-routes.js';
import { prometheusRoutes } from './prometheus-routes.js';
import type { Route } from './route.js';

export type { Route };

/** Every path that is answered. What is not here reaches no controller. */
export const routes: readonly Route[] = [
  { name: '/', pattern: /^\/$/, methods: ['GET', 'HEAD'], access: 'viewer' },
  {
    name: '/graphql',
    pattern: /^\/graphql$/,
    methods: ['GET', 'HEAD', 'POST'],
    access: ['viewer', 'ingest'],
    writes: 'itself',
  },
  { name: '/metrics', pattern: /^\/metrics$/, methods: ['GET', 'HEAD'], access: 'viewer' },
  { name: '/backup', pattern: /^\/backup$/, methods: ['GET'], access: 'admin', audited: true },
  { name: '/healthz', pattern: /^\/healthz$/, methods: ['GET', 'HEAD'], access: 'open' },
  { name: '/readyz', pattern: /^\/readyz$/, methods: ['GET', 'HEAD'], access: 'open' },
  { name: '/sign-in', pattern: /^\/sign-in$/, methods: ['GET', 'HEAD', 'POST'], access: 'open', writes: 'itself' },
  { name: '/sign-out', pattern: /^\/sign-out$/, methods: ['GET', 'HEAD', 'POST'], access: 'viewer', writes: 'itself' },
  {
    name: '/reports/:id',
    pattern: /^\/reports\/[a-z0-9-]{1,64}(?:\.md|\.json)?$/,
    methods: ['GET', 'HEAD'],
    access: 'viewer',
  },
  { name: '/runbooks/:name', pattern: /^\/runbooks\/[A-Za-z0-9_-]+$/, methods: ['GET', 'HEAD'], access: 'open' },
  ...prometheusRoutes,
  ...alertmanagerRoutes,
  { name: '/v1/metrics', pattern: /^\/v1\/metrics$/, methods: ['POST'], access: 'ingest', writes: 'data' },
];

/** The path exactly as it was sent: nothing is decoded or tidied, so that no two readings of it can differ. */
export function pathOf(url: string | undefined): string {
  return (url ?? '/').split('?', 1)[0] as string;
}

/** The one for a method; when none answers it, the first of the path. */
export function routeOf(path: string, method: string | undefined): Route | undefined {
  const found = routes.filter((route) => route.pattern.test(path));
  return found.find(({ methods }) => methods.includes(method ?? '')) ?? found[0];
}

/** Every method that a path answers. */
export function methodsOf(path: string): readonly string[] {
  return routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
}
