import { read, readOrPost, type Route } from './route.js';

/** Prometheus' HTTP API; a parameter of a path may be anything that is escaped. */
export const prometheusRoutes: readonly Route[] = [
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
