import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { english } from '../messages/english.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { UsageError } from '../usage-error.js';
import { pointInTime } from './point-in-time.js';
import { reportDaily } from './report-command.js';

const made = { id: 'daily-1', from: '2026-01-30T00:00:00.000Z', to: '2026-01-31T00:00:00.000Z', completeness: 0.98765 };

describe('reportDaily', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let result: object;
  const asked: { path: string; body: string }[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    writeFileSync(join(folder, 'demo.yaml'), '');
    result = made;
    asked.length = 0;
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        asked.push({ path: request.url ?? '', body });
        const isReport = request.url?.startsWith('/reports/') === true;
        response.end(isReport ? '{"text":"of the report"}\n' : JSON.stringify({ data: { generateReport: result } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  const run = async (args: object, env = {}, isRead = false) => {
    const terminal = new RecordingTerminal(isRead);
    const code = await reportDaily(
      { url, token: 't', ...args },
      { terminal, messages: english, fetch, env, baseDir: folder, demoConfig: join(folder, 'demo.yaml') },
    );
    return { code, out: terminal.outLines.join('\n'), error: terminal.errorLines.join('\n') };
  };

  it('has the server make a report, and prints it as Markdown with nothing beside it', async () => {
    expect(await run({})).toEqual({ code: 0, out: '{"text":"of the report"}', error: '' });
    expect(asked.map(({ path }) => path)).toEqual(['/graphql', '/reports/daily-1.md?lang=en']);
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({ variables: {} });
  });

  it('asks for the range, the form and the language that are wanted', async () => {
    await run({ from: '2026-01-30', to: '2026-01-30T12:30+09:00', format: 'html', lang: 'ko' });
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
      variables: { from: '2026-01-30T00:00:00.000Z', to: '2026-01-30T03:30:00.000Z' },
    });
    expect(asked[1]?.path).toBe('/reports/daily-1?lang=ko');
    await run({}, { LANG: 'ko_KR.UTF-8' });
    expect(asked.at(-1)?.path).toBe('/reports/daily-1.md?lang=ko');
  });

  it('writes a file, and tells a person how it goes', async () => {
    const { out, error } = await run({ format: 'json', out: 'r.json' }, {}, true);
    expect(out).toBe('');
    expect(error).toMatch(/Making .*[\s\S]*98.7% complete[\s\S]*Written to r.json/);
    expect(readFileSync(join(folder, 'r.json'), 'utf8')).toBe('{\n  "text": "of the report"\n}\n');
    expect(await run({ out: 'no/where.md' })).toMatchObject({
      code: 1,
      error: expect.stringContaining('--out') as string,
    });
  });

  it.each([[{ from: 'yesterday' }], [{ to: '2026-02-30' }], [{ format: 'pdf' }], [{ lang: 'fr' }]])(
    'ends %j with the code for wrong usage and asks for nothing',
    async (args) => {
      expect(await run(args)).toMatchObject({ code: 2, out: '', error: expect.stringMatching(/^--/) as string });
      expect(asked).toEqual([]);
    },
  );

  it('tells a refusal, and that no server runs', async () => {
    result = { code: 'INVALID_INPUT', message: 'from lies in the future' };
    expect(await run({})).toMatchObject({ code: 1, error: 'from lies in the future [INVALID_INPUT]' });
    const none = await run({ url: undefined, token: undefined });
    expect(none).toMatchObject({ code: 1, error: expect.stringContaining('SERVER_NOT_RUNNING') as string });
  });
});

describe('pointInTime', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T09:30', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:05Z', '2026-01-31T09:30:05.000Z'],
    ['2026-01-31T09:30+09:00', '2026-01-31T00:30:00.000Z'],
  ])('reads %s', (text, wanted) => {
    expect(pointInTime('--from', text)).toBe(wanted);
  });

  it.each(['', 'now', '2026-13-01', '2026-02-30', '2026-1-1', '2026-01-31 09:30', '2026-01-31T25:00'])(
    'refuses "%s"',
    (text) => {
      expect(() => pointInTime('--from', text)).toThrow(UsageError);
    },
  );
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
