import { read, type Route } from './route.js';

/** Alertmanager's HTTP API, version 2. */
export const alertmanagerRoutes: readonly Route[] = [
  { name: '/api/v2/status', pattern: /^\/api\/v2\/status$/, methods: read, access: 'viewer' },
  { name: '/api/v2/receivers', pattern: /^\/api\/v2\/receivers$/, methods: read, access: 'viewer' },
  { name: '/api/v2/alerts', pattern: /^\/api\/v2\/alerts$/, methods: read, access: 'viewer' },
  // What a Prometheus sends, again and again: data, and no change by a person.
  {
    name: '/api/v2/alerts',
    pattern: /^\/api\/v2\/alerts$/,
    methods: ['POST'],
    access: ['operator', 'ingest'],
    writes: 'data',
  },
  { name: '/api/v2/alerts/groups', pattern: /^\/api\/v2\/alerts\/groups$/, methods: read, access: 'viewer' },
  { name: '/api/v2/silences', pattern: /^\/api\/v2\/silences$/, methods: read, access: 'viewer' },
  { name: '/api/v2/silences', pattern: /^\/api\/v2\/silences$/, methods: ['POST'], access: 'operator' },
  { name: '/api/v2/silence/:id', pattern: /^\/api\/v2\/silence\/[A-Za-z0-9-]{1,64}$/, methods: read, access: 'viewer' },
  {
    name: '/api/v2/silence/:id',
    pattern: /^\/api\/v2\/silence\/[A-Za-z0-9-]{1,64}$/,
    methods: ['DELETE'],
    access: 'operator',
  },
];
