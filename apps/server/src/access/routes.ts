import type { Role } from './role.js';

export interface Route {
  /** `http.route` of the semantic conventions. */
  readonly name: string;
  readonly pattern: RegExp;
  /** HEAD goes wherever GET goes. */
  readonly methods: readonly string[];
  readonly access: 'open' | Role;
}

/** Every path that is answered. What is not here reaches no controller. */
export const routes: readonly Route[] = [
  { name: '/', pattern: /^\/$/, methods: ['GET', 'HEAD'], access: 'viewer' },
  { name: '/graphql', pattern: /^\/graphql$/, methods: ['GET', 'HEAD', 'POST'], access: 'viewer' },
  { name: '/metrics', pattern: /^\/metrics$/, methods: ['GET', 'HEAD'], access: 'viewer' },
  { name: '/healthz', pattern: /^\/healthz$/, methods: ['GET', 'HEAD'], access: 'open' },
  { name: '/readyz', pattern: /^\/readyz$/, methods: ['GET', 'HEAD'], access: 'open' },
  { name: '/sign-in', pattern: /^\/sign-in$/, methods: ['GET', 'HEAD', 'POST'], access: 'open' },
  { name: '/runbooks/:name', pattern: /^\/runbooks\/[A-Za-z0-9_-]+$/, methods: ['GET', 'HEAD'], access: 'open' },
];

/** The path exactly as it was sent: nothing is decoded or tidied, so that no two readings of it can differ. */
export function pathOf(url: string | undefined): string {
  return (url ?? '/').split('?', 1)[0] as string;
}

export function routeOf(path: string): Route | undefined {
  return routes.find((route) => route.pattern.test(path));
}
