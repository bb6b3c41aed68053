import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleAlert, sampleStart } from '../testing/sample-data.js';
import type { RunningServer } from '../testing/start-server.js';
import { startServer } from '../testing/start-server.js';

const at = new Date(sampleStart).toISOString();

describe('GraphQL', () => {
  let running: RunningServer;
  beforeEach(async () => {
    running = await startServer();
  });
  afterEach(() => running.close());

  const data = async (query: string, variables: Record<string, unknown> = {}): Promise<unknown> => {
    const answer = await running.graphql(query, variables);
    expect(answer.errors).toBeUndefined();
    return answer.data;
  };

  it('answers health, counted', async () => {
    expect(
      await data(`{ health { status checkedAt total healthy degraded unhealthy unknown healthyRatio
        components { name plugin status responseTimeMs since details uptimeRatio } } }`),
    ).toEqual({
      health: {
        ...{
          status: 'DEGRADED',
          checkedAt: at,
          total: 2,
          healthy: 1,
          degraded: 1,
          unhealthy: 0,
          unknown: 0,
          healthyRatio: 0.5,
        },
        components: [
          {
            name: 'exchange',
            plugin: 'exchange',
            status: 'HEALTHY',
            responseTimeMs: 12,
            since: at,
            details: null,
            uptimeRatio: 0.5,
          },
          {
            name: 'http',
            plugin: 'http',
            status: 'DEGRADED',
            responseTimeMs: null,
            since: null,
            details: { status: 200 },
            uptimeRatio: null,
          },
        ],
      },
    });
  });

  it('pages the health history, newest first', async () => {
    const statuses = ['healthy', 'unhealthy', 'healthy'] as const;
    statuses.forEach((status, i) =>
      running.pipeline.health.stream.append({ at: sampleStart + i, component: 'exchange', status }),
    );
    const query =
      'query($after: String) { healthHistory(first: 2, after: $after) { edges { node { cursor status } } pageInfo { hasNextPage endCursor } } }';
    expect(await data(query)).toEqual({
      healthHistory: {
        edges: [{ node: { cursor: '3', status: 'HEALTHY' } }, { node: { cursor: '2', status: 'UNHEALTHY' } }],
        pageInfo: { hasNextPage: true, endCursor: '1' },
      },
    });
    expect(await data(query, { after: '1' })).toMatchObject({
      healthHistory: { edges: [{ node: { cursor: '1' } }], pageInfo: { hasNextPage: false } },
    });
  });

  it('answers the alerts that are pending or firing unless other states are asked for', async () => {
    running.pipeline.alerts.list = (['firing', 'pending', 'resolved', 'inactive'] as const).map((state) =>
      sampleAlert({ id: state, state }),
    );
    const ids = async (filter?: unknown): Promise<unknown> =>
      data('query($filter: AlertFilter) { alerts(filter: $filter) { totalCount edges { node { id } } } }', { filter });
    expect(await ids()).toEqual({
      alerts: { totalCount: 2, edges: [{ node: { id: 'firing' } }, { node: { id: 'pending' } }] },
    });
    expect(await ids({ severities: ['CRITICAL'], states: null })).toMatchObject({ alerts: { totalCount: 2 } });
    expect(await ids({ severities: ['INFO'] })).toMatchObject({ alerts: { totalCount: 0 } });
    expect(await ids({ states: ['RESOLVED'] })).toEqual({
      alerts: { totalCount: 1, edges: [{ node: { id: 'resolved' } }] },
    });
  });

  it.each([
    [Number.NaN, null, 'NaN'],
    [Number.POSITIVE_INFINITY, null, '+Inf'],
    [Number.NEGATIVE_INFINITY, null, '-Inf'],
    [0.1, 0.1, '0.1'],
  ])('shows an alert’s value %s', async (value, shown, valueText) => {
    running.pipeline.alerts.list = [sampleAlert({ value })];
    expect(await data('{ alert(id: "a1") { value valueText } }')).toEqual({ alert: { value: shown, valueText } });
  });

  it('answers an alert whole, with its history', async () => {
    running.pipeline.alerts.stream.append({ at: sampleStart, kind: 'pending', alertId: 'a1', state: 'pending' });
    running.pipeline.alerts.stream.append({
      at: sampleStart,
      kind: 'acknowledged',
      alertId: 'a1',
      state: 'firing',
      by: 'admin',
    });
    expect(
      await data(`{ alert(id: "a1") { id fingerprint name state severity labels annotations startsAt firedAt endsAt
        acknowledgement { by } silencedBy inhibitedBy resolvedBy resolutionReason
        history(last: 1) { cursor at kind state by alert { id } } } }`),
    ).toEqual({
      alert: {
        ...{
          id: 'a1',
          fingerprint: '0123456789abcdef',
          name: 'ExchangeFeedStale',
          state: 'FIRING',
          severity: 'CRITICAL',
        },
        labels: {
          alertname: 'ExchangeFeedStale',
          severity: 'critical',
          exchange: 'binance',
          venue: 'binance',
          feed: 'ticker',
        },
        annotations: sampleAlert().annotations,
        ...{ startsAt: at, firedAt: '2026-01-31T09:30:05.000Z', endsAt: null, acknowledgement: null },
        ...{ silencedBy: [], inhibitedBy: [], resolvedBy: null, resolutionReason: null },
        history: [{ cursor: '2', at, kind: 'ACKNOWLEDGED', state: 'FIRING', by: 'admin', alert: { id: 'a1' } }],
      },
    });
    expect(await data('{ alert(id: "nobody") { id } }')).toEqual({ alert: null });
  });

  it('answers summaries, rules, exchanges, channels, plugins and the pipeline', async () => {
    expect(
      await data(`{
        alertSummary { firing historyTotal bySeverity byName lastFiredAt meanTimeToResolveMs }
        rules { name file intervalMs rules { name kind query health state matchedSeries receivers tellsNobody alerts { id } } }
        exchanges { id connected feedAgeSeconds errorsLastHour tickers { symbol spread spreadRatio ageSeconds volumeBase24h } }
        channels { name healthy lastSentAt pending }
        plugins { name kinds state isolation tier configSchema }
        pipeline { startedAt samplesTotal tickLagP99Ms destinations { name healthy pointsSent } configReloadedAt }
      }`),
    ).toEqual({
      alertSummary: {
        ...{ firing: 1, historyTotal: 7, bySeverity: { critical: 1 }, byName: { ExchangeFeedStale: 1 } },
        ...{ lastFiredAt: at, meanTimeToResolveMs: null },
      },
      rules: [
        {
          ...{ name: 'exchanges', file: 'config/rules/exchanges.yaml', intervalMs: 1000 },
          rules: [
            {
              ...{ name: 'ExchangeFeedStale', kind: 'promql', query: 'exchange_feed_age_seconds > 10' },
              ...{ health: 'OK', state: 'FIRING', matchedSeries: 3, alerts: [{ id: 'a1' }] },
              ...{ receivers: ['nowhere'], tellsNobody: true },
            },
          ],
        },
      ],
      exchanges: [
        {
          ...{ id: 'binance', connected: true, feedAgeSeconds: 0.5, errorsLastHour: 1 },
          tickers: [
            { symbol: 'BTC/USDT', spread: 2, spreadRatio: 0.02, ageSeconds: 0.25, volumeBase24h: 5 },
            { symbol: 'ETH/USDT', spread: null, spreadRatio: null, ageSeconds: 20, volumeBase24h: null },
          ],
        },
      ],
      channels: [{ name: 'console', healthy: true, lastSentAt: at, pending: 0 }],
      plugins: [
        {
          name: 'check-http',
          kinds: ['check:http'],
          state: 'RUNNING',
          isolation: 'inline',
          tier: null,
          configSchema: { 'check:http': {} },
        },
      ],
      pipeline: {
        ...{ startedAt: at, samplesTotal: 5_000_000_000, tickLagP99Ms: 1.5 },
        ...{ destinations: [{ name: 'otlp', healthy: true, pointsSent: 10 }], configReloadedAt: null },
      },
    });
  });

  it('answers metrics, with what is no number by name', async () => {
    const fields =
      '__typename ... on MetricResult { kind at series { labels points { at value special } } warnings text }';
    expect(await data(`{ metric(query: "up", at: "2026-01-31T10:30:00+01:00") { ${fields} } }`)).toEqual({
      metric: {
        ...{ __typename: 'MetricResult', kind: 'VECTOR', at, warnings: [], text: null },
        series: [{ labels: { venue: 'binance' }, points: [{ at, value: 1, special: null }] }],
      },
    });
    const range = await data(
      `{ metricRange(query: "up", from: "${at}", to: "2026-01-31T09:30:03Z", step: "1s") { ${fields} } }`,
    );
    expect(range).toMatchObject({
      metricRange: {
        series: [{ points: [{ value: 1 }, { special: 'NaN', value: null }, { special: '+Inf' }, { special: '-Inf' }] }],
      },
    });
    expect(
      await data(
        '{ metricsSummary(range: "1h30m") { range completeness series { name otelName labels min max last } } }',
      ),
    ).toEqual({
      metricsSummary: {
        ...{ range: '1h30m', completeness: 1 },
        series: [
          { name: 'exchange_up', otelName: 'exchange.up', labels: { venue: 'binance' }, min: 0, max: null, last: null },
        ],
      },
    });
  });

  it.each([
    ['metric(query: "sum(")', 'InvalidInput', 'QUERY_INVALID', '1:5'],
    [
      'metricRange(query: "up", from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", step: "0s")',
      'InvalidInput',
      'INVALID_INPUT',
      'step',
    ],
    [
      'metricRange(query: "up", from: "2026-01-02T00:00:00Z", to: "2026-01-02T00:00:00Z", step: "1s")',
      'InvalidInput',
      'INVALID_INPUT',
      'from',
    ],
    [
      'metricRange(query: "up", from: "2026-01-01T00:00:00Z", to: "2026-01-01T03:03:20Z", step: "1s")',
      'Unavailable',
      'QUERY_LIMIT',
      undefined,
    ],
  ])('answers %s with %s', async (call, type, code, path) => {
    const answer = (await data(
      `{ answer: ${call} { __typename ... on Problem { code message } ... on InvalidInput { path } } }`,
    )) as {
      answer: Record<string, unknown>;
    };
    expect([answer.answer['__typename'], answer.answer['code'], answer.answer['path']]).toEqual([type, code, path]);
  });

  it('takes 11,000 points per series', async () => {
    const call = 'metricRange(query: "up", from: "2026-01-01T00:00:00Z", to: "2026-01-01T03:03:19Z", step: "1s")';
    expect(await data(`{ ${call} { __typename } }`)).toEqual({ metricRange: { __typename: 'MetricResult' } });
  });

  it('carries out commands in the name of whoever sent them', async () => {
    await data(`mutation {
      acknowledgeAlert(id: "a1", note: "on it", until: "2026-02-01T00:00:00Z") { ... on Alert { acknowledgement { by note until } } }
      testChannel(name: "console") { ... on ChannelTest { outcome latencyMs } }
      runHealthCheck(component: "exchange") { ... on ComponentHealth { status } }
      resolveAlert(id: "a1", reason: "mended") { ... on Alert { state resolvedBy } }
      unacknowledgeAlert(id: "a1") { __typename }
    }`);
    expect(running.pipeline.told).toEqual([
      { what: 'acknowledge', id: 'a1', by: 'admin', note: 'on it', until: Date.UTC(2026, 1, 1) },
      { what: 'test', name: 'console', by: 'admin' },
      { what: 'resolve', id: 'a1', by: 'admin', reason: 'mended' },
      { what: 'unacknowledge', id: 'a1', by: 'admin' },
    ]);
  });

  it('answers expected failures as members of the union', async () => {
    running.pipeline.alerts.list = [sampleAlert({ state: 'resolved' })];
    expect(
      await data(`mutation {
        a: resolveAlert(id: "a1") { __typename ... on Problem { code } }
        b: acknowledgeAlert(id: "nobody") { __typename ... on Problem { code message } }
        c: testChannel(name: "nobody") { __typename }
        d: runHealthCheck(component: "nobody") { __typename }
      }`),
    ).toEqual({
      a: { __typename: 'Conflict', code: 'CONFLICT' },
      b: { __typename: 'NotFound', code: 'NOT_FOUND', message: 'No alert has the id nobody' },
      c: { __typename: 'NotFound' },
      d: { __typename: 'NotFound' },
    });
  });

  it.each(['acknowledgeAlert(id: "a1")', 'unacknowledgeAlert(id: "a1")', 'resolveAlert(id: "a1")'])(
    'answers %s with Unavailable when the disk does not keep up',
    async (call) => {
      running.pipeline.alerts.diskKeepsUp = false;
      expect(await data(`mutation { told: ${call} { __typename ... on Unavailable { code message } } }`)).toEqual({
        told: { __typename: 'Unavailable', code: 'UNAVAILABLE', message: 'It could not be written to disk yet' },
      });
    },
  );

  it('lets a tick that is due be served between the evaluations of a document', async () => {
    const { pipeline } = running;
    const order: string[] = [];
    const evaluate = pipeline.read.query;
    pipeline.read.query = (text, at) => {
      order.push(text);
      if (order.length === 1) setImmediate(() => order.push('tick'));
      return evaluate(text, at);
    };
    const fields = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}: metric(query: "${name}") { __typename }`);
    await data(`{ ${fields.join(' ')} }`);
    expect(order).toEqual(['a', 'tick', 'b', 'c', 'd', 'e']);
  });

  it('answers a failure that the union does not have as an error with its code', async () => {
    const answer = await running.graphql('mutation { runHealthCheck(component: "busy") { __typename } }');
    expect(answer.errors?.[0]).toMatchObject({ message: 'The check is running', extensions: { code: 'UNAVAILABLE' } });
  });

  it.each([
    ['{ alerts(first: 0) { totalCount } }', 'first'],
    ['{ alerts(first: 201) { totalCount } }', 'first'],
    ['{ healthHistory(first: 201) { pageInfo { hasNextPage } } }', 'first'],
    ['{ alert(id: "a1") { history(last: 1001) { at } } }', 'last'],
    ['{ alerts(filter: { matchers: ["!"] }) { totalCount } }', 'filter.matchers'],
    ['{ metricsSummary(range: "0s") { completeness } }', 'range'],
    ['{ metricsSummary(match: "{") { completeness } }', '1:2'],
    ['{ health { components { uptimeRatio(range: "0s") } } }', 'range'],
  ])('refuses %s', async (query, path) => {
    const { errors } = await running.graphql(query);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path });
  });

  it.each(['"yesterday"', '"2026-01-31"', '"2026-13-01T00:00:00Z"', '12'])(
    'reads no DateTime from %s',
    async (text) => {
      const { errors } = await running.graphql(`{ metric(query: "up", at: ${text}) { __typename } }`);
      expect(errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    },
  );

  it('masks what is unexpected, and logs it under the id it shows', async () => {
    const answer = await running.graphql('{ metric(query: "boom") { __typename } }');
    const error = answer.errors?.[0];
    expect(JSON.stringify(answer)).not.toMatch(/secret|stack|\.ts/);
    expect(error?.extensions['code']).toBe('INTERNAL');
    const line = running.logger.lines.find((candidate) => candidate.fields['id'] === error?.extensions['id']);
    expect(line?.level).toBe('error');
    expect(line?.fields['err']).toMatchObject({ message: 'the secret of the evaluator' });
    expect(line?.fields['field']).toBe('metric');
  });

  it('masks a value that does not fit its type, too', async () => {
    running.pipeline.health.components = [
      { name: 'the secret', plugin: 'x', status: 'healthy', responseTimeMs: Number.NaN },
    ];
    const answer = await running.graphql('{ health { components { responseTimeMs } } }');
    expect(answer.errors?.[0]?.extensions['code']).toBe('INTERNAL');
  });

  it('answers introspection to those who are signed in', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    expect(await data(getIntrospectionQuery())).toHaveProperty('__schema');
  });

  it('makes reports, pages through them, and renders one when it is asked to', async () => {
    const made = (await data(`mutation { generateReport(kind: DAILY, from: "2026-01-30T00:00:00Z") {
      __typename ... on Report { id kind from to createdAt completeness data markdown html } } }`)) as {
      generateReport: { id: string };
    };
    const { id } = made.generateReport;
    expect(made.generateReport).toEqual({
      __typename: 'Report',
      id,
      kind: 'DAILY',
      from: '2026-01-30T00:00:00.000Z',
      to: '2026-02-01T09:30:00.000Z',
      createdAt: at,
      completeness: 0.98765,
      data: { version: 1 },
      markdown: `markdown of ${id} in its own language`,
      html: `html of ${id} in its own language`,
    });
    expect(await data('{ reports(kind: DAILY) { edges { node { id } } pageInfo { hasNextPage } } }')).toEqual({
      reports: { edges: [{ node: { id } }], pageInfo: { hasNextPage: false } },
    });
    expect(await data('{ reports(kind: RISK) { edges { cursor } } }')).toEqual({ reports: { edges: [] } });
    expect(await data(`{ report(id: "${id}") { completeness } }`)).toEqual({ report: { completeness: 0.98765 } });
    expect(await data('mutation { generateReport(kind: RISK) { ... on InvalidInput { code path } } }')).toEqual({
      generateReport: { code: 'INVALID_INPUT', path: 'kind' },
    });
    const missing = await running.graphql('{ report(id: "gone") { id } }');
    expect(missing.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  });
});
