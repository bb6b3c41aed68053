import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { startServer } from '../testing/start-server.js';
import type { ServerFile } from './server-file.js';

describe('server.json', () => {
  let running: RunningServer;
  afterEach(() => running.close());
  const content = async (): Promise<ServerFile> =>
    JSON.parse(await readFile(join(running.dataDir, 'server.json'), 'utf8')) as ServerFile;

  it('lets its reader in as the local user, and nobody else read it', async () => {
    running = await startServer({ externalUrl: 'https://watch.example.com' });
    const { url, token, pid, startedAt } = await content();
    expect({ url, pid }).toEqual({ url: `http://127.0.0.1:${running.server.port}`, pid: process.pid });
    expect(new Date(startedAt).toISOString()).toBe(startedAt);
    expect((await stat(join(running.dataDir, 'server.json'))).mode & 0o777).toBe(0o600);
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'mutation { testChannel(name: "console") { __typename } }' }),
    });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(running.pipeline.told)).toContain(`local:${userInfo().username}`);
  });

  it('has another token with every start, and is gone when the server has stopped', async () => {
    running = await startServer();
    const { token } = await content();
    await running.server.close();
    await expect(access(join(running.dataDir, 'server.json'))).rejects.toThrow('ENOENT');
    await running.close();
    running = await startServer();
    expect((await content()).token).not.toBe(token);
    expect((await running.fetch('/metrics', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });
});
