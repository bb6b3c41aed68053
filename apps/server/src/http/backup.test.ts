import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { startServer } from '../testing/start-server.js';

describe('GET /backup', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
  });
  afterAll(() => running.close());

  it('sends the archive, and discards the copy it was made from', async () => {
    const answer = await running.fetch('/backup');
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-length')]).toEqual([
      200,
      'application/x-tar',
      '24',
    ]);
    expect(await answer.text()).toBe('an archive in two pieces');
    expect(running.pipeline.archive.discarded).toBe(1);
  });

  it('says why there is none', async () => {
    running.pipeline.archive.diskKeepsUp = false;
    const answer = await running.fetch('/backup');
    running.pipeline.archive.diskKeepsUp = true;
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { code: 'UNAVAILABLE', message: 'database or disk is full' },
    ]);
    expect((await running.fetch('/backup')).status).toBe(200);
  });

  it('stands in the audit log, as whoever has it has everything', async () => {
    await running.fetch('/backup');
    const newest = async () => {
      const page = await running.pipeline.access.audit.page({ first: 1 });
      return page.ok ? page.value.items[0]?.node : undefined;
    };
    await expect.poll(newest).toMatchObject({ what: 'GET /backup', outcome: 'done' });
  });

  it('is for administrators', async () => {
    expect((await running.fetch('/backup', { headers: {} })).status).toBe(401);
    expect((await running.fetch('/backup', { method: 'HEAD' })).status).toBe(405);
  });
});
