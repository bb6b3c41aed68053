import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExitCode } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { english } from '../messages/english.js';
import { korean } from '../messages/korean.js';
import type { ProgramOptions } from '../program.js';
import { runProgram } from '../program.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { addAccessCommands } from './access-commands.js';

describe('token, sign-in and audit', { timeout: 30_000 }, () => {
  let folder: string;
  let clock: FakeClock;
  let env: Record<string, string>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'access-commands-'));
    writeFileSync(join(folder, 'demo.yaml'), '');
    clock = new FakeClock();
    env = {};
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = async (
    line: string,
    { read = false, messages = english }: { read?: boolean; messages?: Messages } = {},
  ) => {
    const terminal = new RecordingTerminal();
    Object.assign(terminal, { outIsRead: read });
    const code = await runProgram(line.split(' '), {
      ...{ version: '1', messages, terminal },
      commands: {
        addNotifying: () => undefined,
        addAlerting: () => undefined,
        addAccess: (program: Command, setCode: (code: ExitCode) => void) =>
          addAccessCommands(program, {
            ...{ terminal, messages, setCode, clock, fetch, env },
            ...{ baseDir: folder, demoConfig: join(folder, 'demo.yaml'), logger: new RecordingLogger() },
          }),
      } as unknown as ProgramOptions['commands'],
    });
    return { code, out: terminal.outLines.join('\n'), error: terminal.errorLines.join('\n') };
  };

  it('makes a token in the data folder when no server runs: the secret alone for a script, with words for a person', async () => {
    const piped = await run('token create --name ci --role viewer --expires 90d');
    expect(piped.code).toBe(0);
    expect(piped.out).toMatch(/^tw_[A-Za-z0-9_-]{43}$/);
    expect(piped.error).toBe('Token ci (viewer) is made; it is valid until 2026-04-01 00:00Z.');
    const read = await run('token create --name desk --role operator', { read: true });
    expect(read.out).toMatch(/Token desk \(operator\) is made.*\n {2}tw_.*not shown again/s);
    const json = JSON.parse((await run('token create --name push --role ingest --json')).out) as object;
    expect(json).toMatchObject({ name: 'push', role: 'ingest', expiresAt: null });
    const { out } = await run('token list');
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
      ['NAME', 'ROLE', 'STATE', 'EXPIRES'],
      ['push', 'ingest', 'valid', 'never'],
      ['desk', 'operator', 'valid', 'never'],
      ['ci', 'viewer', 'valid', '2026-04-01 00:00Z'],
    ]);
    expect(out).not.toContain('tw_');
  });

  it('revokes by name, shows the log, and finds that it is whole', async () => {
    await run('token create --name ci --role viewer');
    expect(await run('token revoke ci')).toMatchObject({ code: 0, out: 'Token ci is revoked.' });
    expect(await run('token revoke ci')).toMatchObject({ code: 1, error: 'No token has the name ci [NOT_FOUND]' });
    expect((await run('token list')).out).toContain('no token but the admin’s');
    expect((await run('token list --all', { messages: korean })).out).toContain('폐기됨');
    const rows = JSON.parse((await run('audit --json')).out) as { what: string; who: string }[];
    expect(rows.map(({ what }) => what)).toEqual(['createToken', 'revokeToken']);
    expect(rows[0]?.who).toMatch(/^local:/);
    expect((await run('audit')).out).toMatch(/^NO +WHEN.*\n1 .*createToken +ci +done\n2 .*revokeToken +ci +done$/s);
    expect((await run('audit --since 1h')).out).toContain('revokeToken');
    await clock.advance(7_200_000);
    expect((await run('audit --since 1h')).out).toBe('Nobody has changed anything.');
    expect(await run('audit verify')).toMatchObject({ code: 0, out: 'The audit log is what was written: 2 entries.' });
    expect(JSON.parse((await run('audit verify --json')).out)).toEqual({ intact: true, entries: 2 });
  });

  it.each([
    ['token create --name x --role boss', 2, 'viewer, operator, admin, ingest'],
    ['token create --name x --role viewer --expires soon', 2, '--expires soon'],
    ['token create --role viewer', 2, '--name'],
    ['token create --name admin --role viewer', 1, 'INVALID_INPUT'],
    ['audit --since yesterday', 2, '--since yesterday'],
    ['token list', 1, 'NOT_FOUND'],
    ['sign-in', 1, 'SERVER_NOT_RUNNING'],
    ['sign-in --url http://127.0.0.1:1 --token x', 1, 'SERVER_UNREACHABLE'],
    ['token list --url http://127.0.0.1:1', 2, '--token'],
    ['token list --config gone.yaml', 2, 'CONFIG_NOT_FOUND'],
  ])('ends "%s" with code %i', async (line, code, text) => {
    const ended = await run(line);
    expect(ended.code).toBe(code);
    expect(ended.error).toContain(text);
  });

  describe('while a server runs', () => {
    let server: Server;
    let asked: { query: string; variables: unknown }[];
    beforeEach(async () => {
      asked = [];
      server = createServer((request, response) => {
        let text = '';
        request.on('data', (chunk) => (text += String(chunk)));
        request.on('end', () => {
          const body = JSON.parse(text) as { query: string; variables: Record<string, unknown> };
          asked.push(body);
          response.end(JSON.stringify({ data: answerTo(body) }));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      mkdirSync(join(folder, 'data'));
      writeFileSync(join(folder, 'data', 'server.json'), JSON.stringify({ url, token: 'tw_local' }));
    });
    afterEach(() => {
      server.close();
      server.closeAllConnections();
    });

    const token = (name: string) => ({ name, role: 'VIEWER', expiresAt: null, lastUsedAt: null, revokedAt: null });
    const made = { createdAt: '2026-01-01T00:00:00.000Z', createdBy: 'admin' };
    function answerTo({ query, variables }: { query: string; variables: Record<string, unknown> }): unknown {
      const page = (names: readonly string[], endCursor: string | null) => ({
        list: {
          edges: names.map((name) => ({ node: { ...token(name), ...made } })),
          pageInfo: { hasNextPage: endCursor !== null, endCursor },
        },
      });
      if (query.includes('createToken')) {
        if (variables['name'] === 'taken') return { createToken: { code: 'CONFLICT', message: 'There is one' } };
        return { createToken: { token: { ...token('ci'), ...made }, secret: 'tw_new' } };
      }
      if (query.includes('createSignInLink'))
        return { createSignInLink: { url: 'http://x/sign-in?token=t', expiresAt: '2026-01-01T00:15:00.000Z' } };
      if (query.includes('tokens(')) return variables['after'] === null ? page(['b'], 'c1') : page(['a'], null);
      if (query.includes('auditVerification'))
        return { auditVerification: { intact: false, entries: 3, faultySeq: 4, fault: 'the entry is missing' } };
      return { me: { name: 'local:x' } };
    }

    it('goes through it', async () => {
      expect(await run('token create --name ci --role viewer --expires 1h')).toMatchObject({ code: 0, out: 'tw_new' });
      expect(asked.at(-1)?.variables).toEqual({ name: 'ci', role: 'VIEWER', expiresIn: '1h' });
      expect(await run('token create --name taken --role viewer')).toMatchObject({
        code: 1,
        error: 'There is one [CONFLICT]',
      });
      const { out } = await run('token list');
      expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(['NAME', 'b', 'a']);
      expect(await run('sign-in --role viewer')).toMatchObject({ code: 0, out: 'http://x/sign-in?token=t' });
      expect(asked.at(-1)?.variables).toEqual({ role: 'VIEWER' });
      expect((await run('sign-in', { read: true })).out).toContain('2026-01-01 00:15Z');
    });

    it('fails when the log is not what was written', async () => {
      const { code, error } = await run('audit verify');
      expect([code, error]).toEqual([1, 'The audit log is not what was written. Entry 4: the entry is missing.']);
    });
  });
});
