import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@tapewatch/config';
import { openMetricStore } from '@tapewatch/metric-store';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPipeline } from '../create-pipeline.js';
import { openAccess } from '../open-access.js';
import { metricsFolder } from '../open-metrics.js';
import type { BacktestResult } from './backtest-result.js';
import { openBacktest } from './open-backtest.js';
import { seriesOf } from './testing/live-run.js';

const secondMs = 1_000;
const seconds = 300;

/** Five minutes of history, of which a minute is in memory when it is opened. */
describe('backtests of a data folder', { timeout: 60_000 }, () => {
  let folder: string;
  const endMs = Math.floor(Date.now() / secondMs) * secondMs - 30_000;
  const startMs = endMs - (seconds - 1) * secondMs;
  const logger = new RecordingLogger();
  const dependencies = {
    ...{ clock: systemClock, logger, env: {}, random: () => 0.5, version: '0.0.0' },
    externalUrl: () => 'http://localhost',
    shippedRulesDir: tmpdir(),
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-backtest-'));
    const metrics = await openMetricStore({
      ...{ retentionMs: 60_000, budgetBytes: 2 ** 27, clock: systemClock, logger },
      history: { folder: join(folder, 'data', metricsFolder), rawMs: 86_400_000 * 7, rollupMs: 86_400_000 * 7 },
    });
    const load = seriesOf('load', { a: 'x' });
    for (let second = 0; second < seconds; second++) {
      metrics.memory.accept({
        at: startMs + second * secondMs,
        series: [load],
        values: [second % 100 < 20 ? 9 : 1],
      });
      metrics.flush();
      if (second % 50 === 49) await metrics.settled();
    }
    await metrics.stop();
    await writeFile(
      join(folder, 'rules.yaml'),
      'groups: [{ name: g, rules: [{ alert: LoadHigh, expr: load > 5, for: 5s }] }]',
    );
    await writeFile(
      join(folder, 'tapewatch.yaml'),
      `data_dir: data\nhost: { enabled: false }\nshipped_rules: false\nrule_files: [rules.yaml]\nmetrics: { retention: 2m }\nroute: { receiver: desk }\nreceivers: [{ name: desk, console_configs: [{}] }]\n`,
    );
    const { close } = await openAccess({ dataDir: join(folder, 'data'), clock: systemClock, logger });
    await close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const config = () => loadConfig({ file: join(folder, 'tapewatch.yaml'), env: {}, baseDir: folder });
  const request = { rule: 'LoadHigh', from: startMs, to: endMs };
  const expectAll = ({ data, outcome }: BacktestResult): void => {
    expect(data).toMatchObject({ completeness: 1, holes: [] });
    expect(outcome.firings.map(({ firedAt, endsAt = 0 }) => [firedAt, endsAt])).toEqual(
      [0, 100, 200].map((second) => [second + 5, second + 20].map((at) => startMs + at * secondMs)),
    );
    expect(outcome.totals).toMatchObject({ firings: 3, sent: 6, notSent: 0, flaps: 2 });
    expect(outcome.notifications.map(({ channel }) => channel)).toEqual(new Array(6).fill('desk'));
  };

  it('are run without a server, with the folder locked meanwhile', async () => {
    const backtest = await openBacktest(await config(), dependencies);
    await expect(openBacktest(await config(), dependencies)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    const result = await backtest.run(request);
    await backtest.close();
    if (!result.ok) throw new Error(result.refusal.message);
    expectAll(result.value);
  });

  it('are run by a program that has the folder, one at a time, and are cut short with it', async () => {
    const pipeline = await createPipeline(await config(), dependencies);
    const running = pipeline.read.backtest(request);
    expect(pipeline.read.backtestProgress()).toMatchObject({ ...request, share: 0 });
    expect(await pipeline.read.backtest(request)).toMatchObject({
      ok: false,
      refusal: {
        code: 'UNAVAILABLE',
        message: expect.stringContaining('a backtest of LoadHigh runs already') as string,
      },
    });
    const result = await running;
    if (!result.ok) throw new Error(result.refusal.message);
    expectAll(result.value);
    expect(pipeline.read.backtestProgress()).toBeUndefined();
    const gone = AbortSignal.abort();
    expect(await pipeline.read.backtest(request, gone)).toMatchObject({ ok: false, refusal: { code: 'UNAVAILABLE' } });
    const last = pipeline.read.backtest(request);
    await pipeline.stop();
    expect((await last).ok).toBe(false);
  });
});
