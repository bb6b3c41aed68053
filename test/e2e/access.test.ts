import { spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Program } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';

describe('tokens, from the command line', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let config: string;
  let program: Program;
  const start = (port?: number): Promise<Program> =>
    Program.start({
      ...{ dataDir: `${folder.path}/data`, args: ['start', '--config', config] },
      ...(port === undefined ? {} : { port }),
    });

  beforeAll(async () => {
    folder = await scratchFolder();
    config = `${folder.path}/tapewatch.yaml`;
    await writeFile(config, 'exchanges: []\nhost: { enabled: false }\n');
    program = await start();
  }, 90_000);
  afterAll(async () => {
    await program?.stop();
    await folder?.remove();
  });

  const tapewatch = (...args: readonly string[]) =>
    new Promise<{ readonly code: number | null; readonly out: string; readonly error: string }>((resolve) => {
      const child = spawn(process.execPath, [inRepository('apps/cli/bin/tapewatch.mjs'), ...args], {
        env: { PATH: process.env['PATH'], LANG: 'C', TAPEWATCH_DATA_DIR: `${folder.path}/data` },
        cwd: folder.path,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const texts = { out: '', error: '' };
      child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (texts.error += chunk.toString()));
      child.once('close', (code) => resolve({ code, out: texts.out.trim(), error: texts.error.trim() }));
    });
  const metricsStatus = async (token: string): Promise<number> =>
    (await fetch(`${program.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status;

  it('are made at the running server, and end subscriptions with them', async () => {
    const { code, out: token } = await tapewatch('token', 'create', '--name', 'reader', '--role', 'viewer');
    expect(code).toBe(0);
    expect(await metricsStatus(token)).toBe(200);
    let closed: ((event: unknown) => void) | undefined;
    const closing = new Promise((resolve) => (closed = resolve));
    const client = createClient({
      ...{ url: `ws://127.0.0.1:${program.port}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false },
      connectionParams: { authorization: `Bearer ${token}` },
      on: { closed: (event) => closed?.(event) },
      onNonLazyError: () => undefined,
    });
    const connected = new Promise((resolve) => client.on('connected', resolve));
    await connected;
    expect((await tapewatch('token', 'revoke', 'reader')).code).toBe(0);
    expect(await closing).toMatchObject({ code: 4403 });
    expect(await metricsStatus(token)).toBe(401);
    await client.dispose();
  });

  it('outlive a kill, are made without a server, too, and every change of them is in the log', async () => {
    const { out: kept } = await tapewatch('token', 'create', '--name', 'kept', '--role', 'viewer');
    expect((await stat(`${folder.path}/data/server.json`)).mode & 0o777).toBe(0o600);
    await program.stop('SIGKILL');
    // What the kill left behind names a server that is gone.
    expect(JSON.parse(await readFile(`${folder.path}/data/server.json`, 'utf8'))).toMatchObject({ url: program.url });
    expect(await tapewatch('sign-in')).toMatchObject({
      code: 1,
      error: expect.stringContaining('SERVER_NOT_RUNNING') as string,
    });
    const { out: early } = await tapewatch('token', 'create', '--name', 'early', '--role', 'operator');
    program = await start();
    for (const token of [kept, early]) expect(await metricsStatus(token)).toBe(200);
    const entries = JSON.parse((await tapewatch('audit', '--json')).out) as { what: string; target: string }[];
    expect(entries.map(({ what, target }) => `${what} ${target}`)).toEqual([
      ...['createToken reader', 'revokeToken reader', 'createToken kept', 'createToken early'],
    ]);
    expect(await tapewatch('audit', 'verify')).toMatchObject({ code: 0 });
    const state = await readFile(`${folder.path}/data/state.db`, 'latin1');
    for (const token of [kept, early]) expect(state.includes(token)).toBe(false);
  });

  it('do not travel in plain text unless somebody says that they may', async () => {
    const env = { TAPEWATCH_LISTEN: '0.0.0.0:0' };
    for (const args of [
      ['start', '--config', config],
      ['check-config', config],
    ]) {
      const refused = await Program.launch({ dataDir: `${folder.path}/open`, args, env });
      expect((await refused.ended).code).toBe(2);
      expect(refused.output).toContain('LISTEN_INSECURE');
      expect(refused.output).toContain('server.allow_plaintext');
    }
  });

  it('leave no address behind when the server stops', async () => {
    await program.stop();
    await expect(stat(`${folder.path}/data/server.json`)).rejects.toThrow('ENOENT');
    expect((await tapewatch('token', 'list')).out).toContain('early');
  });
});
