import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SocketClient } from '../testing/socket-client.js';
import type { RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';
import { routeOf } from './routes.js';

describe('what a page of another site makes a browser send', () => {
  let running: RunningServer;
  let cookie: string;
  beforeAll(async () => {
    running = await startServer();
    const opened = await running.fetch('/sign-in', {
      method: 'POST',
      headers: {},
      body: new URLSearchParams({ token: adminToken }),
    });
    expect(opened.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax$/);
    cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] as string;
  });
  afterAll(() => running.close());

  const json = { 'content-type': 'application/json' };
  const post = (path: string, headers: Record<string, string>, body = '{"query":"{ me { name } }"}') =>
    running.fetch(path, { method: 'POST', headers: { cookie, ...headers }, body });

  it('changes nothing: not as a form, not as JSON, not by GET', async () => {
    const evil = { origin: 'http://evil.example' };
    expect((await post('/graphql', { ...json, ...evil })).status).toBe(403);
    expect((await post('/graphql', { ...json, origin: 'null' })).status).toBe(403);
    expect((await post('/graphql', { ...json, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    // A form without Origin, as old browsers send it: stopped by its content type.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await post('/graphql', { 'content-type': type })).status).toBe(400);
    const query = encodeURIComponent('mutation { testChannel(name: "console") { __typename } }');
    const got = await running.fetch(`/graphql?query=${query}`, {
      headers: { cookie, 'apollo-require-preflight': 'x' },
    });
    expect(got.status).toBe(405);
    for (const path of ['/sign-in', '/sign-out'])
      expect((await post(path, evil, new URLSearchParams({ token: adminToken }).toString())).status).toBe(403);
    expect(running.pipeline.told).toEqual([]);
  });

  it('opens no socket', async () => {
    const headers = { cookie, origin: 'http://evil.example' };
    expect(await new SocketClient({ port: running.server.port, headers }).opened).toBe(403);
    const own = { cookie, origin: `http://127.0.0.1:${running.server.port}` };
    const client = new SocketClient({ port: running.server.port, headers: own });
    expect(await client.opened).toBeUndefined();
    client.close();
  });

  it('is told apart from our own pages, and from programs with a token', async () => {
    const own = { origin: `http://127.0.0.1:${running.server.port}` };
    expect((await post('/graphql', { ...json, ...own })).status).toBe(200);
    const program = { ...json, origin: 'http://other.example', authorization: `Bearer ${adminToken}`, cookie: '' };
    expect((await post('/graphql', program)).status).toBe(200);
  });

  it('signs out by our own form, for good', async () => {
    const page = await running.fetch('/sign-out', { headers: { cookie } });
    expect(await page.text()).toContain('Signed in as admin');
    expect((await running.fetch('/', { headers: { cookie } })).status).toBe(200);
    const left = await post('/sign-out', {}, '');
    expect([left.status, left.headers.get('set-cookie')]).toEqual([
      200,
      'tapewatch_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
    ]);
    expect((await running.fetch('/', { headers: { cookie } })).status).toBe(401);
  });
});

describe('a path, however it is written', () => {
  let running: RunningServer;
  let ingest: string;
  beforeAll(async () => {
    running = await startServer();
    const made = await running.pipeline.access.createToken(
      { name: 'push', role: 'ingest' },
      { name: 'admin', role: 'admin' },
    );
    ingest = made.ok ? made.value.secret : '';
  });
  afterAll(() => running.close());

  const statusOf = (path: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: running.server.port, path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  it('is served to nobody whom the gate would not let through to exactly this path', async () => {
    const known = ['/', '/graphql', '/metrics', '/api/v1/query', '/api/v1/label/job/values', '/runbooks/X', '/healthz'];
    const twist = fc.constantFrom<(path: string) => string>(
      (path) => path,
      (path) => `/${path}`,
      (path) => `${path}/`,
      (path) => path.toUpperCase(),
      (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
      (path) => path.replace('/', '/./'),
      (path) => path.replace('/', '/%2e%2e/'),
      (path) => `/healthz/..${path}`,
      (path) => `/runbooks/..${path}`,
      (path) => `/runbooks/%2e%2e${path}`,
      (path) => path.replaceAll('/', '%2f').replace('%2f', '/'),
      (path) => path.replace('/', '\\'),
      (path) => `${path};x=1`,
      (path) => `${path}%00`,
      (path) => `http://127.0.0.1${path}`,
      (path) => `${path}?x=/healthz`,
    );
    const property = fc.asyncProperty(
      fc.constantFrom(...known),
      fc.array(twist, { maxLength: 3 }),
      async (base, twists) => {
        const path = twists.reduce((text, change) => change(text), base);
        const open = routeOf(path.split('?')[0] ?? '', 'GET')?.access === 'open';
        const stranger = await statusOf(path, {});
        const pusher = await statusOf(path, { authorization: `Bearer ${ingest}` });
        if (open) return;
        // 400: what is no path of HTTP does not come as far as the gate.
        expect([400, 401]).toContain(stranger);
        // To those who only hand data in, no page and no figure: of all paths above, GraphQL alone knows them.
        if (path.split('?')[0] !== '/graphql') expect([400, 403, 404]).toContain(pusher);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  }, 60_000);
});
