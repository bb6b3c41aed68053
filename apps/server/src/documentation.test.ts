import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryLimits } from './graphql/query-limits.js';
import { sampleReport, sampleStart } from './testing/sample-data.js';
import { eventually, SocketClient } from './testing/socket-client.js';
import type { RunningServer } from './testing/start-server.js';
import { adminToken, startServer } from './testing/start-server.js';

const file = join(import.meta.dirname, '../../../docs/graphql.md');
const text = await readFile(file, 'utf8');
const documents = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map((match) => match[1] as string);
const nameOf = (document: string): string => /^(?:query|mutation|subscription) (\w+)/.exec(document)?.[1] ?? document;

describe('docs/graphql.md', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
  });
  afterAll(() => running.close());

  it('has five documents to paste, or more', () => {
    expect(documents.length).toBeGreaterThanOrEqual(5);
    expect(documents.filter((document) => document.startsWith('subscription')).length).toBeGreaterThan(0);
  });

  it.each(
    documents
      .filter((document) => !document.startsWith('subscription'))
      .map((document) => [nameOf(document), document]),
  )('has a document that is answered: %s', async (_name, document) => {
    const answer = await running.graphql(document, { id: 'a1' });
    expect(answer.errors).toBeUndefined();
    expect(JSON.stringify(answer.data)).not.toContain('"code"');
  });

  it.each(
    documents.filter((document) => document.startsWith('subscription')).map((document) => [nameOf(document), document]),
  )('has a subscription that is served: %s', async (_name, document) => {
    const { pipeline } = running;
    const client = await SocketClient.connect(running.server.port, adminToken);
    const before = pipeline.recorded.observe('tapewatch.subscriptions') ?? 0;
    client.subscribe('1', document);
    await eventually(() => pipeline.recorded.observe('tapewatch.subscriptions') === before + 1);
    await eventually(
      () =>
        [pipeline.alerts.stream, pipeline.health.stream, pipeline.reports.stream].reduce(
          (sum, { listeners }) => sum + listeners,
          pipeline.tickListeners,
        ) === 1,
    );
    pipeline.alerts.stream.append({ at: sampleStart, kind: 'firing', alertId: 'a1', state: 'firing' });
    pipeline.health.stream.append({ at: sampleStart, component: 'exchange', status: 'unhealthy' });
    pipeline.reports.stream.append({ at: sampleStart, report: sampleReport() });
    pipeline.tick(sampleStart);
    const message = await client.next();
    expect(message.type).toBe('next');
    expect(JSON.stringify(message.payload)).not.toMatch(/"(errors|code)"/);
    client.close();
    await eventually(() => pipeline.recorded.observe('tapewatch.subscriptions') === before);
  });

  it('names the limits that hold', () => {
    for (const limit of Object.values(queryLimits)) expect(text).toContain(`| ${limit.toLocaleString('en')} |`);
  });
});
