import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { buildSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerModule } from '../server.module.js';
import { everyOperation } from '../testing/example-document.js';
import { eventually, SocketClient } from '../testing/socket-client.js';
import type { GraphQLAnswer, RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';
import { createAccess } from './create-access.js';
import { operationRoles } from './operation-roles.js';
import type { Needed, Role } from './role.js';
import { routes } from './routes.js';

/** What users rely on, whatever the tables in the code say. */
const promised: Readonly<Record<string, Needed>> = {
  'Mutation.acknowledgeAlert': 'operator',
  'Mutation.createSilence': 'operator',
  'Mutation.createToken': 'admin',
  'Mutation.expireSilence': 'operator',
  'Mutation.generateReport': 'operator',
  'Mutation.raiseAlert': ['operator', 'ingest'],
  'Mutation.reloadConfig': 'admin',
  'Mutation.resolveAlert': 'operator',
  'Mutation.revokeSession': 'admin',
  'Mutation.revokeToken': 'admin',
  'Mutation.runHealthCheck': 'operator',
  'Mutation.testChannel': 'operator',
  'Mutation.unacknowledgeAlert': 'operator',
  'Query.audit': 'admin',
  'Query.sessions': 'admin',
  'Query.tokens': 'admin',
};

const roles: readonly Role[] = ['viewer', 'operator', 'admin', 'ingest'];
/** Who is let through where a role is needed; said here once more, apart from the code. */
const passing: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer', 'operator', 'admin'],
  operator: ['operator', 'admin'],
  admin: ['admin'],
  ingest: ['ingest', 'admin'],
};

type Verdict = 'allowed' | 'not allowed' | 'not known';

describe('who may do what', { timeout: 120_000 }, () => {
  let running: RunningServer;
  let schema: GraphQLSchema;
  /** By who holds it; nobody's is undefined. */
  const tokens = new Map<string, string | undefined>([['anonymous', undefined]]);

  beforeAll(async () => {
    running = await startServer();
    schema = buildSchema(await readFile(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
    const actor = { name: 'admin', role: 'admin' } as const;
    const { access } = running.pipeline;
    const make = async (name: string, role: Role, expiresAt?: number): Promise<void> => {
      const made = await access.createToken({ name, role, ...(expiresAt === undefined ? {} : { expiresAt }) }, actor);
      tokens.set(name, made.ok ? made.value.secret : undefined);
    };
    for (const role of roles) await make(`the-${role}`, role);
    await make('revoked', 'admin');
    await access.revokeToken('revoked', actor);
    await make('expired', 'admin', systemClock.now() + 50);
    await new Promise((resolve) => setTimeout(resolve, 60));
  });
  afterAll(() => running.close());

  const expected = (who: string, needed: Needed): Verdict => {
    const role = roles.find((candidate) => who === `the-${candidate}`);
    if (role === undefined) return 'not known';
    const wanted: readonly Role[] = typeof needed === 'string' ? [needed] : needed;
    return wanted.some((one) => passing[one].includes(role)) ? 'allowed' : 'not allowed';
  };
  const headersOf = (who: string): Record<string, string> => {
    const token = tokens.get(who);
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  };

  it('has a role for every operation of the schema, the promised one where one was promised, and for nothing else', () => {
    const operations = everyOperation(schema).map(({ operation }) => operation);
    expect(Object.keys(operationRoles).toSorted()).toEqual(operations.toSorted());
    for (const [operation, role] of Object.entries(operationRoles)) {
      if (promised[operation] !== undefined) expect([operation, role]).toEqual([operation, promised[operation]]);
    }
    // Whatever changes something needs more than reading does.
    for (const operation of operations.filter((name) => name.startsWith('Mutation.')))
      expect([operation, operationRoles[operation]]).not.toEqual([operation, 'viewer']);
  });

  it('answers every query and mutation to exactly those who may', async () => {
    const found: Record<string, Record<string, Verdict>> = {};
    const wanted: Record<string, Record<string, Verdict>> = {};
    for (const { document, field, kind, operation } of everyOperation(schema)) {
      if (kind === 'subscription') continue;
      for (const who of tokens.keys()) {
        const answer = await running.fetch('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headersOf(who) },
          body: JSON.stringify({ query: document }),
        });
        (found[operation] ??= {})[who] = verdictOf(answer.status, (await answer.json()) as GraphQLAnswer, field);
        (wanted[operation] ??= {})[who] = expected(who, operationRoles[operation] ?? 'admin');
      }
    }
    expect(found).toEqual(wanted);
  });

  it('opens every subscription for exactly those who may', async () => {
    const open = (): number => running.pipeline.recorded.observe('tapewatch.subscriptions') ?? 0;
    for (const { document, kind, operation } of everyOperation(schema)) {
      if (kind !== 'subscription') continue;
      for (const [who, token] of tokens) {
        const client = new SocketClient({ port: running.server.port });
        await client.opened;
        const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
        client.send({ type: 'connection_init', payload: authorization });
        let verdict: Verdict;
        const first = await Promise.race([client.next(), client.closed]);
        if ('code' in first) {
          expect(first.code).toBe(token === undefined ? 4401 : 4403);
          verdict = 'not known';
        } else {
          const before = open();
          client.subscribe('1', document);
          const message = await Promise.race([client.next(), eventually(() => open() > before)]);
          verdict = JSON.stringify(message ?? '').includes('NOT_ALLOWED') ? 'not allowed' : 'allowed';
          client.close();
          await eventually(() => open() === before);
        }
        expect([operation, who, verdict]).toEqual([
          operation,
          who,
          expected(who, operationRoles[operation] ?? 'admin'),
        ]);
      }
    }
  });

  it('answers every path, by every method, to exactly those who may', async () => {
    for (const route of routes) {
      const path = route.name.replace(':id', 'daily-1').replace(/:\w+/g, 'ExchangeFeedStale');
      expect(path).toMatch(route.pattern);
      for (const method of route.methods) {
        for (const who of tokens.keys()) {
          const { status } = await running.fetch(path, { method, headers: headersOf(who) });
          const verdict: Verdict = [401, 429].includes(status)
            ? 'not known'
            : status === 403
              ? 'not allowed'
              : 'allowed';
          // Without a right token in the form the page itself knows nobody.
          const wanted = route.name === '/sign-in' && method === 'POST' ? 'not known' : 'allowed';
          const { access } = route;
          expect([method, path, who, verdict]).toEqual([
            ...[method, path, who],
            access === 'open' ? wanted : expected(who, access),
          ]);
        }
      }
    }
  });

  it('has a row in the table for every route that a controller answers', async () => {
    const { pipeline } = running;
    const logger = new RecordingLogger();
    const parts = await createAccess({
      ...{ pipeline, adminToken, localToken: 'y', clock: systemClock, url: () => '' },
      listening: { proxiesOnly: false },
    });
    const options = {
      ...{ pipeline, logger, clock: systemClock, dataDir: '', version: '', runbooksDir: '' },
      listen: { host: '127.0.0.1', port: 0 },
    };
    const app = await NestFactory.create<NestExpressApplication>(ServerModule.create(options, parts), {
      logger: false,
    });
    await app.init();
    const served = expressRoutes(app.getHttpAdapter().getInstance() as ExpressApplication);
    const known = new Set(routes.flatMap(({ name, methods }) => methods.map((method) => `${method} ${name}`)));
    expect(served.length).toBeGreaterThan(15);
    expect(served.filter((route) => !known.has(route))).toEqual([]);
    await app.close();
  });
});

describe('the audit log', () => {
  let running: RunningServer;
  afterAll(() => running.close());

  it('has a line for every mutation, whether it was done or refused', { timeout: 60_000 }, async () => {
    running = await startServer();
    const schema = buildSchema(await readFile(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
    const actor = { name: 'admin', role: 'admin' } as const;
    const made = await running.pipeline.access.createToken({ name: 'looker', role: 'viewer' }, actor);
    const holders = { admin: adminToken, looker: made.ok ? made.value.secret : '' };
    for (const { document, field, kind } of everyOperation(schema)) {
      if (kind !== 'mutation') continue;
      for (const [who, token] of Object.entries(holders)) {
        const before = await newest(running);
        await running.fetch('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ query: document }),
        });
        await expect.poll(async () => (await newest(running))?.seq).toBe((before?.seq ?? 0) + 1);
        expect(await newest(running)).toMatchObject({ what: field, who, address: '127.0.0.1' });
        if (who === 'looker') expect(await newest(running)).toMatchObject({ outcome: 'refused', code: 'NOT_ALLOWED' });
      }
    }
    expect(await running.pipeline.access.audit.verify()).toMatchObject({ intact: true });
  });
});

async function newest({ pipeline }: RunningServer) {
  const page = await pipeline.access.audit.page({ first: 1 });
  return page.ok ? page.value.items[0]?.node : undefined;
}

function verdictOf(status: number, { data, errors }: GraphQLAnswer, field: string): Verdict {
  if (status === 401 || status === 429) return 'not known';
  const code = errors?.[0]?.extensions['code'];
  if (code === 'GRAPHQL_VALIDATION_FAILED')
    throw new Error(`no valid document for ${field}: ${errors?.[0]?.message ?? ''}`);
  const member = (data as Record<string, { __typename?: string } | null> | null | undefined)?.[field]?.__typename;
  return code === 'NOT_ALLOWED' || member === 'NotAllowed' ? 'not allowed' : 'allowed';
}

interface ExpressApplication {
  readonly router: {
    readonly stack: readonly {
      readonly route?: { readonly path: string; readonly methods: Record<string, boolean> };
    }[];
  };
}

function expressRoutes({ router }: ExpressApplication): readonly string[] {
  return router.stack.flatMap(({ route }) =>
    route === undefined ? [] : Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`),
  );
}
