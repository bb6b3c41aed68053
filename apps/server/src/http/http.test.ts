import { createHash } from 'node:crypto';
import { Labels } from '@tapewatch/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { bearer, startServer } from '../testing/start-server.js';
import { sampleAlert, sampleReport } from '../testing/sample-data.js';
import { eventually } from '../testing/socket-client.js';

const browser = { ...bearer, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const json = { ...bearer, 'content-type': 'application/json' };

describe('HTTP', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
  });
  afterAll(() => running.close());

  it('is alive', async () => {
    const answer = await running.fetch('/healthz', { headers: {} });
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'alive' }]);
  });

  it('says what it waits for until it is ready', async () => {
    running.pipeline.health.ready = { ready: false, waitingFor: ['the first tick'], degraded: ['otlp: refused'] };
    const waiting = await running.fetch('/readyz', { headers: {} });
    expect(waiting.status).toBe(503);
    expect(await waiting.json()).toEqual({
      status: 'waiting',
      waitingFor: ['the first tick'],
      degraded: ['otlp: refused'],
    });
    running.pipeline.health.ready = { ready: true, waitingFor: [], degraded: [] };
    const ready = await running.fetch('/readyz', { headers: {} });
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', waitingFor: [], degraded: [] }]);
  });

  it('serves the newest tick to Prometheus', async () => {
    const answer = await running.fetch('/metrics');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toContain('exchange_up{venue="binance"} 1\n');
  });

  it('serves runbooks as text, and nothing beside them', async () => {
    const page = await running.fetch('/runbooks/ExchangeFeedStale', { headers: {} });
    expect(page.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await page.text()).toContain('Look at the <venue>.');
    for (const name of ['Nothing', '..%2f..%2fadmin-token', 'ExchangeFeedStale.md', '%00', '%']) {
      const answer = await running.fetch(`/runbooks/${name}`);
      expect(`${name} ${answer.status}`).toBe(`${name} 404`);
    }
  });

  it('shows what runs on a page without scripts, and escapes it', async () => {
    running.pipeline.alerts.list = [
      sampleAlert({
        labels: Labels.of({ alertname: 'X', severity: '<i>' }),
        annotations: { summary: '<script>alert(1)</script>', runbook_url: 'javascript:alert(1)' },
      }),
    ];
    const answer = await running.fetch('/', { headers: browser });
    const text = await answer.text();
    expect(text).not.toContain('<script');
    expect(text).not.toContain('javascript:');
    for (const shown of [
      'Tapewatch 0.1.0',
      'Firing alerts: 1',
      '&lt;script&gt;',
      'binance',
      'degraded',
      '/graphql',
      '/metrics',
    ]) {
      expect(text).toContain(shown);
    }
    const policy = answer.headers.get('content-security-policy');
    const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';
    expect(policy).not.toContain('script-src');
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  });

  it('shows the alert that a notification links to, escaped as well', async () => {
    running.pipeline.alerts.list = [
      sampleAlert({
        labels: Labels.of({ alertname: 'X', venue: '<b>' }),
        acknowledgement: { by: 'jin', at: 0, note: '<i>' },
      }),
    ];
    const text = await (await running.fetch('/?alert=a1', { headers: browser })).text();
    for (const shown of ['venue = &lt;b&gt;', 'In hand: jin', '&lt;i&gt;']) expect(text).toContain(shown);
    const missing = await (await running.fetch('/?alert=%3Cx%3E', { headers: browser })).text();
    expect(missing).toContain('There is no alert &lt;x&gt;.');
    expect((await running.fetch('/?alert=a&alert=b', { headers: browser })).status).toBe(200);
  });

  it('serves GraphiQL, with all it needs, to a browser at /graphql', async () => {
    const answer = await running.fetch('/graphql', { headers: browser });
    const text = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<title>Tapewatch GraphiQL</title>');
    expect(text).not.toMatch(/<(script|link)[^>]+(src|href)="?https?:/);
    expect(answer.headers.get('content-security-policy')).toMatch(/script-src 'sha256-[A-Za-z0-9+/=]+'; /);
  });

  it('sends the security headers everywhere', async () => {
    for (const path of ['/', '/metrics', '/healthz', '/nothing', '/graphql']) {
      const { headers } = await running.fetch(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('answers paths that are not there with 404 and methods that do not fit with 405, as JSON', async () => {
    const missing = await running.fetch('/nothing');
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { code: 'NOT_FOUND', message: 'Nothing is served at this path' },
    ]);
    const method = await running.fetch('/metrics', { method: 'DELETE' });
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await method.json()).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('takes bodies of 256 KiB and no more', async () => {
    const body = JSON.stringify({ query: '{ __typename }', padding: 'x'.repeat(256 * 1024) });
    const answer = await running.fetch('/graphql', { method: 'POST', headers: json, body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({
      errors: [{ message: 'The body is larger than 256 KiB', extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it.each([
    ['not JSON', '{', json, 400],
    ['an unknown charset', '{}', { ...json, 'content-type': 'application/json; charset=ebcdic' }, 415],
  ])('refuses a body that is %s', async (_what, body, headers, status) => {
    const answer = await running.fetch('/graphql', { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it('refuses batches, forms and GETs that another site could send', async () => {
    const batch = await running.fetch('/graphql', {
      method: 'POST',
      headers: json,
      body: '[{"query":"{__typename}"}]',
    });
    expect(batch.status).toBe(400);
    const form = await running.fetch('/graphql', {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'query={__typename}',
    });
    expect(form.status).toBe(400);
    const get = await running.fetch('/graphql?query={__typename}');
    expect(get.status).toBe(400);
    const meant = await running.fetch('/graphql?query={__typename}', {
      headers: { ...bearer, 'apollo-require-preflight': '1' },
    });
    expect(await meant.json()).toEqual({ data: { __typename: 'Query' } });
    const mutation = await running.fetch('/graphql?query=mutation{testChannel(name:"console"){__typename}}', {
      headers: { ...bearer, 'apollo-require-preflight': '1' },
    });
    expect(mutation.status).toBe(405);
  });

  it('answers an unexpected failure without its details, which the log has under the same id', async () => {
    running.pipeline.read.prometheusText = () => {
      throw new Error('the secret of the exporter');
    };
    const answer = await running.fetch('/metrics');
    const body = (await answer.json()) as { id: string };
    expect(answer.status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(running.logger.lines.find((line) => line.fields['id'] === body.id)?.fields['err']).toMatchObject({
      message: 'the secret of the exporter',
    });
  });

  describe('reports', () => {
    const { id } = sampleReport();
    beforeAll(() => void running.pipeline.reports.stream.append({ at: 0, report: sampleReport() }));

    it('are pages whose policy lets their own style sheet through, and nothing else', async () => {
      const answer = await running.fetch(`/reports/${id}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(await answer.text()).toBe(`html of ${id} in its own language`);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toMatch(/style-src 'sha256-[^']+';/);
      expect(policy).not.toMatch(/unsafe|script-src/);
    });

    it('are Markdown and JSON, in the language asked for', async () => {
      const markdown = await running.fetch(`/reports/${id}.md?lang=ko`);
      expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
      expect(await markdown.text()).toBe(`markdown of ${id} in ko`);
      const data = await running.fetch(`/reports/${id}.json`);
      expect(await data.json()).toMatchObject({ id, from: '2026-01-30T00:00:00.000Z', data: { version: 1 } });
    });

    it.each([
      ['/reports/gone', 404],
      ['/reports/gone.md', 404],
      ['/reports/gone.json', 404],
      [`/reports/${id}?lang=fr`, 400],
      ['/reports/..%2f..%2fstate', 404],
      [`/reports/${id}.pdf`, 404],
    ])('answer %s with %d', async (path, status) => {
      expect((await running.fetch(path)).status).toBe(status);
    });

    it('are for those who may see them, and listed on the first page', async () => {
      expect((await running.fetch(`/reports/${id}`, { headers: {} })).status).toBe(401);
      const home = await (await running.fetch('/', { headers: browser })).text();
      expect(home).toContain(`<a href="/reports/${id}">daily</a>`);
      expect(home).toContain('98.7%');
    });
  });
});

describe('HTTP metrics', () => {
  it('measures requests as the semantic conventions say, GraphQL’s own failures included', async () => {
    const running = await startServer();
    const { recorded } = running.pipeline;
    await running.fetch('/healthz');
    await running.fetch('/runbooks/ExchangeFeedStale');
    await running.fetch('/what/ever/1234');
    await running.graphql('{ health { status } }');
    await running.graphql('{ metric(query: "boom") { __typename } }');
    await running.fetch('/healthz', { method: 'PROPFIND' }).catch(() => undefined);
    await eventually(() => recorded.of('http.server.request.duration').length === 6);

    const common = { 'http.request.method': 'GET', 'url.scheme': 'http', 'http.response.status_code': 200 };
    expect(recorded.of('http.server.request.duration').map((measurement) => measurement.attributes)).toEqual([
      { ...common, 'http.route': '/healthz' },
      { ...common, 'http.route': '/runbooks/:name' },
      { ...common, 'http.response.status_code': 404 },
      { ...common, 'http.request.method': 'POST', 'http.route': '/graphql' },
      { ...common, 'http.request.method': 'POST', 'http.route': '/graphql', 'error.type': 'INTERNAL' },
      { ...common, 'http.request.method': '_OTHER', 'http.route': '/healthz', 'http.response.status_code': 405 },
    ]);
    const active = recorded.of('http.server.active_requests');
    expect(active.reduce((sum, measurement) => sum + measurement.value, 0)).toBe(0);
    expect(active).toHaveLength(12);
    await running.close();
  });
});
