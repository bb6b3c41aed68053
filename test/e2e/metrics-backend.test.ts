import { writeFile } from 'node:fs/promises';
import { findPrometheus, startPrometheus, type RealPrometheus } from '@tapewatch/metric-store/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

const { file: executable, reason } = findPrometheus();

describe('history in a real Prometheus', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let prometheus: RealPrometheus;
  let program: Program;
  beforeEach((context) => {
    if (executable === undefined) context.skip(reason);
  });
  beforeAll(async () => {
    if (executable === undefined) return;
    folder = await scratchFolder();
    prometheus = await startPrometheus(executable);
    await writeFile(
      `${folder.path}/tapewatch.yaml`,
      `metrics:
  backend: { url: ${prometheus.url} }
otlp:
  destinations:
    - { name: prometheus, endpoint: ${prometheus.url}/api/v1/otlp, protocol: http/protobuf }
`,
    );
  }, 90_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    await prometheus?.stop();
    await folder?.remove();
  });
  const start = (): Promise<Program> =>
    Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', `${folder.path}/tapewatch.yaml`] });
  /** Times of the points of a range query over the newest two minutes, in seconds. */
  const range = async (query: string): Promise<{ times: number[]; values: (number | null)[] }> => {
    const to = Date.now();
    const { metricRange } = await program.graphql<{
      metricRange: { message?: string; series?: { points: { at: string; value: number | null }[] }[] };
    }>(
      'query ($q: String!, $from: DateTime!, $to: DateTime!) { metricRange(query: $q, from: $from, to: $to, step: "1s") { ... on MetricResult { series { points { at value } } } ... on Problem { message } } }',
      { q: query, from: new Date(to - 120_000).toISOString(), to: new Date(to).toISOString() },
    );
    if (metricRange.series === undefined) throw new Error(metricRange.message);
    const points = metricRange.series[0]?.points ?? [];
    return { times: points.map(({ at }) => Date.parse(at) / 1000), values: points.map(({ value }) => value) };
  };

  it('answers, after a restart, for what the process before has measured', async () => {
    program = await start();
    const began = Date.now() / 1000;
    await until(
      'eight seconds of data',
      30_000,
      async () => (await program.promql('tapewatch_tick_lag_seconds_count > 8')).length > 0,
    );
    await program.stop();
    program = await start();
    await until('a tick', 30_000, async () => (await program.promql('tapewatch_series')).length > 0);
    const { times, values } = await range('last_over_time(tapewatch_series[2s])');
    expect(Math.min(...times)).toBeLessThan(began + 5);
    expect(times.filter((at) => at < began + 10).length).toBeGreaterThanOrEqual(5);
    expect(values.every((value) => value !== null && value > 10)).toBe(true);
    const { metricsSummary } = await program.graphql<{ metricsSummary: { series: { name: string; count: number }[] } }>(
      '{ metricsSummary(range: "1d", match: "tapewatch_series") { series { name count } } }',
    );
    expect(metricsSummary.series[0]?.count).toBeGreaterThanOrEqual(5);
  });

  it('says so when the backend does not answer, and goes on measuring', async () => {
    await prometheus.stop();
    await expect(range('tapewatch_series')).rejects.toThrow('does not answer');
    expect((await program.promql('tapewatch_series')).length).toBe(1);
  });
});
