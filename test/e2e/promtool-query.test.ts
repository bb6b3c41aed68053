import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findPeer } from '../support/peer.js';
import { adminToken, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

const found = findPeer('promtool');

/** A client that others made asks the running program. */
describe('promtool query', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let program: Program;

  beforeEach((context) => {
    if (found.file === undefined) context.skip(found.reason);
  });
  beforeAll(async () => {
    if (found.file === undefined) return;
    folder = await scratchFolder();
    const config = `${folder.path}/tapewatch.yaml`;
    await writeFile(config, 'shipped_rules: false\n');
    await writeFile(`${folder.path}/bearer.yaml`, `authorization: { credentials: '${adminToken}' }\n`);
    await writeFile(`${folder.path}/basic.yaml`, `basic_auth: { username: anyone, password: '${adminToken}' }\n`);
    await writeFile(`${folder.path}/wrong.yaml`, "authorization: { credentials: 'wrong' }\n");
    program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
    // So that what the tests ask for lies behind the newest tick, and is not changed by the next.
    await until(
      'some seconds',
      30_000,
      async () => (await program.promql('tapewatch_samples_total offset 5s')).length > 0,
    );
  }, 90_000);
  afterAll(async () => {
    await program?.stop();
    await folder?.remove();
  });

  const query = async (kind: string, args: readonly string[], http = 'bearer') => {
    const options = [`--http.config.file=${folder.path}/${http}.yaml`, ...args];
    const child = spawn(found.file as string, ['query', kind, ...options]);
    let [out, error] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, out, error };
  };

  it.each(['bearer', 'basic'])('instant: has the values that GraphQL has, by %s', async (http) => {
    const at = Math.floor(Date.now() / 1000) - 2;
    const text = `tapewatch_samples_total @ ${at}`;
    const [expected] = await program.promql(text);
    const { code, out } = await query('instant', ['-o', 'json', program.url, text], http);
    expect(code, out).toBe(0);
    const [{ metric, value }] = JSON.parse(out) as [{ metric: unknown; value: [number, string] }];
    expect([metric, Number(value[1])]).toEqual([expected?.labels, expected?.value]);
    expect((await query('instant', [program.url, '1 + 1'])).out).toMatch(/^scalar: 2 @\[/);
  });

  it('range, series, labels: finds what is there', async () => {
    const end = Math.floor(Date.now() / 1000) - 1;
    const times = [`--start=${end - 3}`, `--end=${end}`];
    const ranged = await query('range', [...times, '--step=1s', '-o', 'json', program.url, 'vector(7)']);
    expect(JSON.parse(ranged.out)).toEqual([{ metric: {}, values: [0, 1, 2, 3].map((i) => [end - 3 + i, '7']) }]);
    const series = await query('series', ['--match=tapewatch_samples_total', program.url]);
    expect(series.out).toContain('__name__="tapewatch_samples_total"');
    expect((await query('labels', [program.url, '__name__'])).out.split('\n')).toContain('tapewatch_samples_total');
  });

  it('tells what is wrong with a query, and with a token', async () => {
    const wrong = await query('instant', [program.url, 'sum(']);
    expect(wrong.code).toBe(1);
    expect(wrong.error).toMatch(/query error: bad_data: invalid parameter "query": 1:5: parse error/);
    expect((await query('instant', [program.url, 'up'], 'wrong')).code).toBe(1);
  });
});
