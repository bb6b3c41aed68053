import { alertmanagerRoutes } from './alertmanager-routes.js';
import { prometheusRoutes } from './prometheus-routes.js';
import type { Route } from './route.js';

<<<<<<< HEAD
export type { Route };
=======
export interface Route {
  /** `http.route` of the semantic conventions. */
  readonly name: string;
  readonly pattern: RegExp;
  /** HEAD goes wherever GET goes. */
  readonly methods: readonly string[];
  readonly access: 'open' | Needed;
  /**
   * What a POST, PUT or DELETE is when it is no change by a person that the gate shall write into the audit log: `reads`, `data` that programs
   * hand in, or `itself`, when whoever answers it writes there.
   */
  readonly writes?: 'reads' | 'data' | 'itself';
  /** A GET that gives away so much that it stands in the audit log. */
  readonly audited?: true;
}

const read = ['GET', 'HEAD'];
const readOrPost = ['GET', 'HEAD', 'POST'];

/** Prometheus' HTTP API; a parameter of a path may be anything that is escaped. */
const prometheusRoutes: readonly Route[] = [
  { name: '/api/v1/query', pattern: /^\/api\/v1\/query$/, methods: readOrPost, access: 'viewer', writes: 'reads' },
  {
    name: '/api/v1/query_range',
    pattern: /^\/api\/v1\/query_range$/,
    methods: readOrPost,
    access: 'viewer',
    writes: 'reads',
  },
  {
    name: '/api/v1/format_query',
    pattern: /^\/api\/v1\/format_query$/,
    methods: readOrPost,
    access: 'viewer',
    writes: 'reads',
  },
  {
    name: '/api/v1/parse_query',
    pattern: /^\/api\/v1\/parse_query$/,
    methods: readOrPost,
    access: 'viewer',
    writes: 'reads',
  },
  { name: '/api/v1/series', pattern: /^\/api\/v1\/series$/, methods: readOrPost, access: 'viewer', writes: 'reads' },
  { name: '/api/v1/labels', pattern: /^\/api\/v1\/labels$/, methods: readOrPost, access: 'viewer', writes: 'reads' },
  {
    name: '/api/v1/label/:name/values',
    pattern: /^\/api\/v1\/label\/(?:[A-Za-z0-9_.~:-]|%[0-9A-Fa-f]{2})+\/values$/,
    methods: read,
    access: 'viewer',
  },
  { name: '/api/v1/metadata', pattern: /^\/api\/v1\/metadata$/, methods: read, access: 'viewer' },
  { name: '/api/v1/rules', pattern: /^\/api\/v1\/rules$/, methods: read, access: 'viewer' },
  { name: '/api/v1/alerts', pattern: /^\/api\/v1\/alerts$/, methods: read, access: 'viewer' },
  { name: '/api/v1/status/buildinfo', pattern: /^\/api\/v1\/status\/buildinfo$/, methods: read, access: 'viewer' },
  { name: '/api/v1/status/config', pattern: /^\/api\/v1\/status\/config$/, methods: read, access: 'viewer' },
];
>>>>>>> main

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
