import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, Program } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

interface Figure {
  readonly value: number | null;
}

interface Report {
  readonly id: string;
  readonly completeness: number;
  readonly data: {
    readonly alerts: { readonly byName: readonly { readonly key: string; readonly firingMs: number }[] };
    readonly notifications: readonly { readonly channel: string; readonly sent: number }[];
    readonly components: readonly { readonly component: string; readonly uptime: Figure }[];
    readonly exchanges: readonly {
      readonly uptime: Figure;
      readonly requests: Figure;
      readonly latency: Readonly<Record<'p50Ms' | 'p95Ms' | 'p99Ms', Figure>>;
    }[];
    readonly symbols: readonly (Readonly<
      Record<'open' | 'high' | 'low' | 'close' | 'spreadMean' | 'spreadMax', Figure>
    > & { readonly symbol: string })[];
    readonly host: { readonly peaks: readonly { readonly kind: string; readonly peak: Figure }[] };
  };
}

describe('the daily report of a demo', { timeout: 150_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let program: Program;
  let begun: string;

  const start = (): Promise<Program> => Program.start({ dataDir: `${folder.path}/data`, cwd: `${folder.path}/empty` });
  const command = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [inRepository('apps/cli/bin/tapewatch.mjs'), 'report', 'daily', ...args], {
      cwd: `${folder.path}/empty`,
      env: { ...process.env, TAPEWATCH_DATA_DIR: `${folder.path}/data`, LANG: 'C' },
    });

  beforeAll(async () => {
    folder = await scratchFolder();
    await mkdir(`${folder.path}/empty`);
    begun = new Date().toISOString();
    program = await start();
    await until('the end of the stall', 90_000, async () => {
      const { alerts } = await program.graphql<{ alerts: { totalCount: number } }>(
        '{ alerts(filter: { states: [RESOLVED], matchers: ["alertname=ExchangeFeedStale"] }) { totalCount } }',
      );
      return alerts.totalCount > 0;
    });
  }, 150_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    await folder?.remove();
  });

  it('has plausible figures', async () => {
    const { stdout, stderr } = await command('--from', begun, '--format', 'json');
    expect(stderr).toBe('');
    const { completeness, data } = JSON.parse(stdout) as Report;
    expect(completeness).toBeGreaterThan(0.5);
    const stale = data.alerts.byName.find(({ key }) => key === 'ExchangeFeedStale');
    expect(stale?.firingMs).toBeGreaterThan(3_000);
    expect(stale?.firingMs).toBeLessThan(30_000);
    expect(data.notifications.find(({ channel }) => channel === 'console')?.sent).toBeGreaterThanOrEqual(2);
    expect(data.components.map(({ component }) => component)).toEqual(['binance', 'binance-api']);
    const [exchange] = data.exchanges;
    expect(exchange?.uptime.value).toBeGreaterThan(0.3);
    expect(exchange?.uptime.value).toBeLessThan(1);
    expect(exchange?.requests.value).toBeGreaterThanOrEqual(3);
    const { p50Ms, p95Ms, p99Ms } = exchange?.latency ?? {};
    expect(p50Ms?.value).toBeGreaterThan(0);
    expect(p95Ms?.value).toBeGreaterThanOrEqual(p50Ms?.value ?? Infinity);
    expect(p99Ms?.value).toBeGreaterThanOrEqual(p95Ms?.value ?? Infinity);
    expect(data.symbols).toHaveLength(20);
    for (const { symbol, open, high, low, close, spreadMean, spreadMax } of data.symbols) {
      expect(low.value, symbol).toBeGreaterThan(0);
      for (const { value } of [open, close]) {
        expect(value, symbol).toBeGreaterThanOrEqual(low.value ?? Infinity);
        expect(value, symbol).toBeLessThanOrEqual(high.value ?? 0);
      }
      expect(spreadMean.value, symbol).toBeGreaterThan(0);
      expect(spreadMax.value, symbol).toBeGreaterThanOrEqual((spreadMean.value ?? Infinity) * 0.999_999);
    }
    const memory = data.host.peaks.find(({ kind }) => kind === 'memory');
    expect(memory?.peak.value).toBeGreaterThan(0);
    expect(memory?.peak.value).toBeLessThan(1);
  });

  it('is kept over a restart, and comes out the same', async () => {
    const out = `${folder.path}/report.html`;
    await command('--from', begun, '--format', 'html', '--lang', 'ko', '--out', out);
    const { reports } = await program.graphql<{ reports: { edges: { node: { id: string } }[] } }>(
      '{ reports(first: 1) { edges { node { id } } } }',
    );
    const id = reports.edges[0]?.node.id ?? '';
    await program.stop();
    program = await start();
    const again = await fetch(`${program.url}/reports/${id}?lang=ko`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    expect(await again.text()).toBe(await readFile(out, 'utf8'));
  });

  it('needs a running server, and says so', async () => {
    await program.stop();
    await expect(command()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SERVER_NOT_RUNNING') as string,
    });
  });
});
