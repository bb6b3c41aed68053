import { buildSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyOperation } from '../testing/example-document.js';
import { SocketClient } from '../testing/socket-client.js';
import type { GraphQLAnswer, RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';
import type { AuditTrail } from './audit-trail.js';
import { guardSchema } from './guard-schema.js';
import { routes } from './routes.js';

/** Lets everything happen, and writes nothing down. */
const trail: Pick<AuditTrail, 'follow'> = { follow: async (_deed, work) => work() };
const openRoutes = ['/healthz', '/readyz', '/sign-in', '/runbooks/:name'];

describe('access', () => {
  let running: RunningServer;
  let schema: GraphQLSchema;
  beforeAll(async () => {
    running = await startServer();
    schema = buildSchema(await readFile(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
  });
  afterAll(() => running.close());

  it('answers nothing but the open paths without a token', async () => {
    for (const route of routes) {
      const path = route.name.replace(':id', 'daily-1').replace(':name', 'ExchangeFeedStale');
      for (const method of route.methods) {
        const { status } = await running.fetch(path, { method, headers: {} });
        // POST /sign-in without a one-time token is refused, too, but by the page itself.
        const expected = openRoutes.includes(route.name) && method !== 'POST' ? 200 : 401;
        expect(`${method} ${path} ${status}`).toBe(`${method} ${path} ${expected}`);
      }
    }
  });

  it.each([
    '//graphql',
    '/graphql/',
    '/GraphQL',
    '/%67raphql',
    '/metrics/',
    '/metrics/..',
    '/nothing',
    '/api/v1/query',
    '/runbooks/../metrics',
    '/healthz/x',
  ])('tells a stranger nothing about %s', async (path) => {
    const status = await rawStatus(running.server.port, path);
    expect(status).toBe(401);
  });

  it('refuses every operation of the schema without a token, over HTTP', async () => {
    for (const { operation, document } of everyOperation(schema)) {
      const answer = await running.fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: document }),
      });
      const body = (await answer.json()) as GraphQLAnswer;
      expect([operation, answer.status, body.data, body.errors?.[0]?.extensions['code']]).toEqual([
        operation,
        401,
        undefined,
        'UNAUTHENTICATED',
      ]);
    }
    expect(running.pipeline.told).toEqual([]);
  });

  it('answers no message of a socket that did not sign in', async () => {
    for (const { document } of everyOperation(schema)) {
      const client = new SocketClient({ port: running.server.port });
      await client.opened;
      client.subscribe('1', document);
      expect((await client.closed).code).toBe(4401);
    }
  });

  it('does not start with an operation that has no role', () => {
    const open = buildSchema('type Query { health: Int unheard: Int }');
    for (const field of Object.values(open.getQueryType()?.getFields() ?? {})) field.resolve = () => 1;
    expect(() => guardSchema(open, trail)).toThrow('No role is set for Query.unheard');
  });

  it.each([
    ['viewer', 'operator', false],
    ['ingest', 'viewer', false],
    ['operator', 'viewer', true],
    ['admin', 'operator', true],
  ] as const)('lets a %s do what needs the role %s: %s', async (role, needed, may) => {
    const guarded = buildSchema('type Query { health: Int } type Mutation { testChannel: Int }');
    for (const type of [guarded.getQueryType(), guarded.getMutationType()]) {
      for (const field of Object.values(type?.getFields() ?? {})) field.resolve = () => 1;
    }
    guardSchema(guarded, trail);
    const field =
      needed === 'operator'
        ? guarded.getMutationType()?.getFields()['testChannel']
        : guarded.getQueryType()?.getFields()['health'];
    const call = async (): Promise<unknown> =>
      field?.resolve?.({}, {}, { principal: { name: 'x', role, origin: 'token:1' } }, {} as never);
    if (may) expect(await call()).toBe(1);
    else await expect(call()).rejects.toThrow(`role ${needed}`);
  });

  it('answers NotAllowed where the union has it', async () => {
    const guarded = buildSchema(
      'type Query { a: Int } type NotAllowed { code: String } type Ok { a: Int } union R = Ok | NotAllowed type Mutation { testChannel: R! }',
    );
    const query = guarded.getQueryType();
    if (query) delete query.getFields()['a'];
    const field = guarded.getMutationType()?.getFields()['testChannel'];
    if (field) field.resolve = () => ({ a: 1 });
    guardSchema(guarded, trail);
    const answer: unknown = await field?.resolve?.(
      {},
      {},
      { principal: { name: 'x', role: 'viewer', origin: 'token:1' } },
      {} as never,
    );
    expect(answer).toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('shows a browser without a session how to sign in', async () => {
    for (const path of ['/', '/graphql']) {
      const answer = await running.fetch(path, { headers: { accept: 'text/html,application/xhtml+xml' } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(await answer.text()).toContain('action="/sign-in"');
    }
  });

  it.each([
    'Bearer wrong',
    'Bearer ',
    'Basic YWRtaW46YWRtaW4=',
    'tw_a-token-for-tests-only',
    'Bearer tw_a-token-for-tests-only x',
  ])('refuses "%s"', async (authorization) => {
    const answer = await running.fetch('/metrics', { headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ code: 'UNAUTHENTICATED', message: 'The token is not valid' });
  });

  const basic = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });

  it.each(['admin', '', 'any user'])('takes a token as the password of the user "%s"', async (user) => {
    expect((await running.fetch('/metrics', { headers: basic(`${user}:${adminToken}`) })).status).toBe(200);
  });

  it('gives whoever shows a token as a password the role of the token, and no other', async () => {
    const actor = { name: 'admin', role: 'admin' } as const;
    const made = await running.pipeline.access.createToken({ name: 'pusher', role: 'ingest' }, actor);
    const headers = basic(`admin:${made.ok ? made.value.secret : ''}`);
    expect((await running.fetch('/metrics', { headers })).status).toBe(403);
    await running.pipeline.access.revokeToken('pusher', actor);
    expect((await running.fetch('/metrics', { headers })).status).toBe(401);
  });

  it.each([adminToken, `${adminToken}:x`, `a:b:${adminToken}`])('refuses "%s" as user and password', async (text) => {
    expect((await running.fetch('/metrics', { headers: basic(text) })).status).toBe(401);
  });

  it('does not let a page of another site use a password that a browser knows', async () => {
    const answer = await running.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://evil.example', ...basic(`x:${adminToken}`) },
      body: '{"query":"{ me { name } }"}',
    });
    expect(answer.status).toBe(403);
  });

  it('lets nobody try passwords for long, and serves the right one all the while', async () => {
    for (let i = 0; i < 10; i++) await running.fetch('/metrics', { headers: basic(`a:wrong-${i}`) });
    const answer = await running.fetch('/metrics', { headers: basic('a:wrong') });
    expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect((await running.fetch('/metrics', { headers: basic(`a:${adminToken}`) })).status).toBe(200);
  });

  it('does not read a stranger’s body', async () => {
    const answer = await running.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'x'.repeat(300_000),
    });
    expect(answer.status).toBe(401);
  });
});

/** A path as it is, which `fetch` would tidy first. */
async function rawStatus(port: number, path: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
