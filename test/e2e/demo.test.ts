import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOtlpSink, type OtlpSink } from '../support/otlp-sink.js';
import { Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

interface Ticker {
  readonly symbol: string;
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
}

describe('the demo', { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let sink: OtlpSink;
  let program: Program | undefined;

  beforeAll(async () => {
    [folder, sink] = await Promise.all([scratchFolder(), startOtlpSink()]);
    await mkdir(`${folder.path}/empty`);
  });
  afterAll(async () => {
    program?.signal('SIGKILL');
    sink?.stop();
    await folder?.remove();
  });

  /** Where no tapewatch.yaml is, as in a fresh clone. */
  const start = (): Promise<Program> =>
    Program.start({
      dataDir: `${folder.path}/data`,
      cwd: `${folder.path}/empty`,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    });
  const tickers = (of: Program): Promise<readonly Ticker[]> =>
    until('20 tickers', 30_000, async () => {
      const { exchanges } = await of.graphql<{ exchanges: { tickers: Ticker[] }[] }>(
        '{ exchanges { tickers { symbol last bid ask } } }',
      );
      const live = exchanges[0]?.tickers.filter(({ last, bid, ask }) => last > 0 && bid < ask) ?? [];
      return live.length === 20 && live;
    });

  it('watches the simulator and ships every second of it', async () => {
    program = await start();
    await tickers(program);
    const seconds = await until('ten seconds shipped', 30_000, () => {
      const found = sink.secondsOf('exchange.ticker.last');
      return found.length >= 10 && found;
    });
    // Every second once; a machine that is busy with other things may cost one.
    const steps = seconds.slice(1, 10).map((second, i) => second - (seconds[i] ?? 0));
    expect(steps.filter((step) => step === 1).length, steps.join()).toBeGreaterThanOrEqual(8);
  });

  it('misses no tick while the destination refuses, and ships again when it takes', async () => {
    const running = program as Program;
    sink.status = 503;
    const refused = sink.requests;
    await until('refused', 20_000, () => sink.requests > refused);
    const { pipeline } = await until('told', 30_000, async () => {
      const answer = await running.graphql<{
        pipeline: { missedTicks: number; destinations: { healthy: boolean; lastError: string }[] };
      }>('{ pipeline { missedTicks destinations { healthy lastError } } }');
      return answer.pipeline.destinations[0]?.healthy === false && answer;
    });
    expect(pipeline.missedTicks).toBe(0);
    sink.status = 200;
    const since = Math.floor(Date.now() / 1000);
    await until('shipping again', 60_000, () => (sink.secondsOf('tapewatch.samples').at(-1) ?? 0) > since);
  });

  it('stops with everything it started, and goes on from there', async () => {
    const first = program as Program;
    const before = await tickers(first);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(first.leftovers).toBe(false);
    program = await start();
    const after = new Map((await tickers(program)).map(({ symbol, last }) => [symbol, last]));
    for (const { symbol, last } of before)
      expect(Math.abs((after.get(symbol) ?? 0) / last - 1), symbol).toBeLessThan(0.05);
    await program.stop();
  });
});
