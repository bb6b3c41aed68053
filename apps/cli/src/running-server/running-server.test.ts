import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.js';
import { findRunningServer } from './find-running-server.js';
import { acceptedAnswer } from './running-server.js';

describe('findRunningServer', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'running-server-'));
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'demo.yaml'), 'exchanges: [{ rest_url: "${env:NOT_SET}" }]\n');
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    answer = (request, response) =>
      response.end(JSON.stringify({ data: { path: request.url, authorization: request.headers.authorization } }));
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  const find = (args = {}, env: Record<string, string> = {}) =>
    findRunningServer(args, { env, baseDir: folder, demoConfig: join(folder, 'demo.yaml'), fetch });
  const runs = (dataDir = 'data', token = 'local'): void =>
    writeFileSync(join(folder, dataDir, 'server.json'), JSON.stringify({ url, token, pid: 1, startedAt: '' }));
  const stop = (): Promise<unknown> => new Promise((resolve) => server.close(resolve));

  it('finds the server of the data folder that start would take', async () => {
    runs();
    expect(await (await find()).graphql('{ x }')).toEqual({ path: '/graphql', authorization: 'Bearer local' });
    mkdirSync(join(folder, 'other'));
    runs('other', 'elsewhere');
    const other = await find({}, { TAPEWATCH_DATA_DIR: 'other' });
    expect(await other.graphql('{ x }')).toMatchObject({ authorization: 'Bearer elsewhere' });
    writeFileSync(join(folder, 'own.yaml'), 'data_dir: other\n');
    expect(await (await find({ config: 'own.yaml' })).graphql('{ x }')).toMatchObject({
      authorization: 'Bearer elsewhere',
    });
  });

  it('asks a server elsewhere with the token given', async () => {
    const remote = await find({ url: `${url}/`, token: 'tw_x' });
    expect(await (await remote.request('/metrics')).json()).toEqual({
      data: { path: '/metrics', authorization: 'Bearer tw_x' },
    });
    const fromEnv = await find({}, { TAPEWATCH_URL: url, TAPEWATCH_TOKEN: 'tw_y' });
    expect(await fromEnv.graphql('{ x }')).toMatchObject({ authorization: 'Bearer tw_y' });
    await expect(find({ url })).rejects.toBeInstanceOf(UsageError);
    await expect(find({ url: 'localhost:8080', token: 'x' })).rejects.toBeInstanceOf(UsageError);
  });

  it('says that none runs when there is no file, when nobody listens, and when somebody else does', async () => {
    const notRunning = { code: 'SERVER_NOT_RUNNING', message: expect.stringContaining(join(folder, 'data')) as string };
    await expect(find()).rejects.toMatchObject(notRunning);
    runs();
    const running = await find();
    answer = (_request, response) => response.writeHead(401).end('{}');
    await expect(running.graphql('{ x }')).rejects.toMatchObject(notRunning);
    await stop();
    await expect(running.graphql('{ x }')).rejects.toMatchObject(notRunning);
  });

  it('tells a remote server that is away, a wrong token and a wrong role apart', async () => {
    const remote = await find({ url, token: 'tw_x' });
    answer = (_request, response) => response.writeHead(401).end('{}');
    await expect(remote.graphql('{ x }')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    answer = (_request, response) => response.writeHead(403).end('{"code":"NOT_ALLOWED","message":"needs viewer"}');
    await expect(remote.request('/metrics')).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('needs viewer') as string,
    });
    answer = (_request, response) => response.end('<html>');
    await expect(remote.graphql('{ x }')).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    await stop();
    await expect(remote.graphql('{ x }')).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('throws what GraphQL refuses, with its code', async () => {
    runs();
    const running = await find();
    answer = (_request, response) =>
      response.end(JSON.stringify({ errors: [{ message: 'This needs admin', extensions: { code: 'NOT_ALLOWED' } }] }));
    await expect(running.graphql('{ x }')).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: 'This needs admin' });
    expect(() => acceptedAnswer({ code: 'NOT_FOUND', message: 'no such alert' })).toThrow('no such alert');
    expect(acceptedAnswer({ id: 'a' })).toEqual({ id: 'a' });
  });

  it('refuses a file that no Tapewatch wrote', async () => {
    writeFileSync(join(folder, 'data', 'server.json'), '{"url":1}');
    await expect(find()).rejects.toMatchObject({ code: 'DATA_UNREADABLE' });
  });
});
