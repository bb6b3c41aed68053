import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { openAccess } from '@tapewatch/pipeline/access';
import { createServer } from '../create-server.js';
import type { ServerOptions, TapewatchServer } from '../server.js';
import { FakePipeline } from './fake-pipeline/fake-pipeline.js';

export const adminToken = 'tw_a-token-for-tests-only';
export const bearer = { authorization: `Bearer ${adminToken}` };

export interface RunningServer {
  readonly server: TapewatchServer;
  readonly pipeline: FakePipeline;
  readonly logger: RecordingLogger;
  readonly dataDir: string;
  /** A request with the admin's token, unless `headers` says otherwise. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  graphql(query: string, variables?: Record<string, unknown>): Promise<GraphQLAnswer>;
  close(): Promise<void>;
}

export interface GraphQLAnswer {
  readonly data?: Record<string, never> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: unknown;
    readonly extensions: Record<string, unknown>;
  }[];
}

/** A server on a free port before a fake pipeline, with a data folder of its own; `stored` keeps tokens, sessions and audit log over restarts. */
export async function startServer(
  change: Partial<ServerOptions> = {},
  stored: { readonly dataDir?: string } = {},
): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tapewatch-server-'));
  const runbooksDir = join(dataDir, 'runbooks');
  await mkdir(runbooksDir);
  await writeFile(join(runbooksDir, 'ExchangeFeedStale.md'), '# ExchangeFeedStale\n\nLook at the <venue>.\n');
  const logger = new RecordingLogger();
  const { access, close } = await openAccess({ clock: change.clock ?? systemClock, logger, ...stored });
  const pipeline = new FakePipeline(access);
  const server = await createServer({
    pipeline,
    listen: { host: '127.0.0.1', port: 0 },
    dataDir,
    adminToken,
    clock: systemClock,
    logger,
    version: '0.1.0',
    runbooksDir,
    ...change,
  });
  const local = `${change.tls === undefined ? 'http' : 'https'}://127.0.0.1:${server.port}`;
  const request: RunningServer['fetch'] = (path, init = {}) =>
    fetch(`${local}${path}`, { redirect: 'manual', ...init, headers: new Headers(init.headers ?? bearer) });
  return {
    server,
    pipeline,
    logger,
    dataDir,
    fetch: request,
    graphql: async (query, variables = {}) => {
      const body = JSON.stringify({ query, variables });
      const answer = await request('/graphql', {
        method: 'POST',
        body,
        headers: { ...bearer, 'content-type': 'application/json' },
      });
      return (await answer.json()) as GraphQLAnswer;
    },
    close: async () => {
      await server.close();
      await close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
