import { mkdir, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findCollector, startCollector, type RunningCollector } from '../support/collector.js';
import { dashboardNames, readDashboard, withEverythingChosen } from '../support/dashboards.js';
import { documentedMetrics, faultLabels } from '../support/documented-metrics.js';
import { pointsOf, type OtlpPoint, type OtlpRequest } from '../support/otlp-points.js';
import { implausible } from '../support/plausible.js';
import { Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

const { file: executable, reason } = findCollector('config');
/** Queries of the dashboards that find nothing in a short and healthy run with one exchange. */
const quiet = /offset 5m|error_type!=""|count by \(symbol\)/;

const secondsOf = (points: readonly OtlpPoint[]): readonly number[] => [
  ...new Set(points.map(({ timeNano }) => Number(timeNano / 1_000_000_000n))),
];
const labelOf = (attribute: string): string => attribute.replaceAll('.', '_');

describe('the local collector', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let collector: RunningCollector;
  let program: Program;
  let points: readonly OtlpPoint[];
  let shown: string;

  beforeEach((context) => {
    if (executable === undefined) context.skip(reason);
  });
  beforeAll(async () => {
    if (executable === undefined) return;
    folder = await scratchFolder();
    await mkdir(`${folder.path}/empty`);
    collector = await startCollector({ config: 'config', dataDir: `${folder.path}/collector` });
    program = await Program.start({
      dataDir: `${folder.path}/data`,
      cwd: `${folder.path}/empty`,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });
    for (const metric of ['http_server_active_requests', 'exchange_ticker_last', 'v8js_gc_duration_seconds_count'])
      await until(metric, 30_000, async () => (await program.promql(metric)).length > 0);
    points = await until('four seconds of the last to come', 30_000, async () => {
      const found = await written().catch(() => []);
      const secondsWith = (name: string): number => secondsOf(found.filter(({ metric }) => metric === name)).length;
      return ['http.server.active_requests', 'exchange.ticker.last'].every((name) => secondsWith(name) >= 4) && found;
    });
    shown = await (await fetch(collector.prometheusUrl)).text();
  }, 120_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    await collector?.stop('SIGKILL');
    await folder?.remove();
  });

  /** What the collector has written down so far. */
  async function written(): Promise<readonly OtlpPoint[]> {
    const text = await readFile(`${folder.path}/collector/metrics.jsonl`, 'utf8');
    return text
      .slice(0, text.lastIndexOf('\n'))
      .split('\n')
      .flatMap((line) => pointsOf(JSON.parse(line) as OtlpRequest));
  }

  /** What the program has measured and ships; it also keeps series that its rules make, which it does not ship. */
  async function documentedAndHeld(): Promise<readonly string[]> {
    const { metricsSummary } = await program.graphql<{ metricsSummary: { series: { otelName: string }[] } }>(
      '{ metricsSummary(range: "1m") { series { otelName } } }',
    );
    const held = new Set(metricsSummary.series.map(({ otelName }) => otelName));
    return (await documentedMetrics()).map(({ name }) => name).filter((name) => held.has(name));
  }

  it('gets every metric of the demo with its name, unit and attributes', async () => {
    const arrived = new Map(Map.groupBy(points, ({ metric }) => metric));
    // The resource is no metric on its way, only to Prometheus.
    const held = (await documentedAndHeld()).filter((name) => name !== 'target.info');
    expect(held.filter((name) => !arrived.has(name))).toEqual([]);
    expect(arrived.size).toBeGreaterThan(80);
    const documented = new Map((await documentedMetrics()).map((row) => [row.name, row]));
    for (const [name, found] of arrived) {
      const row = documented.get(name);
      expect(row?.unit, name).toBe(found[0]?.unit);
      const labels = new Set(found.flatMap(({ attributes }) => Object.keys(attributes).map(labelOf)));
      expect(new Set([...labels, ...faultLabels]), name).toEqual(new Set([...(row?.labels ?? []), ...faultLabels]));
    }
  });

  it('gets who sends it', () => {
    for (const { resource } of points)
      expect(resource).toMatchObject({ 'service.name': 'tapewatch', 'deployment.environment.name': 'demo' });
    const ids = new Set(points.map(({ resource }) => resource['service.instance.id'] ?? ''));
    expect(ids.size).toBe(1);
    expect(ids).not.toContain('');
  });

  it('gets plausible values', () => {
    expect(implausible(points)).toEqual([]);
    const prices = points.filter(({ metric }) => metric === 'exchange.ticker.last');
    expect(new Set(prices.map(({ attributes }) => attributes['symbol'])).size).toBe(20);
  });

  it('gets two consecutive seconds of every series that has been there since the start', () => {
    const pairs = (seconds: readonly number[]): number =>
      seconds.filter((second) => seconds.includes(second + 1)).length;
    const alone = [...Map.groupBy(points, ({ metric, attributes }) => metric + JSON.stringify(attributes))]
      .filter(([, series]) => series.length > 1 && pairs(secondsOf(series)) === 0)
      .map(([series]) => series);
    expect(alone).toEqual([]);
    expect(pairs(secondsOf(points.filter(({ metric }) => metric === 'exchange.ticker.last')))).toBeGreaterThan(1);
  });

  it('shows them to a Prometheus under the names that rules and dashboards use', async () => {
    const types = new Map(
      [...shown.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
    );
    const documented = await documentedMetrics();
    const held = await documentedAndHeld();
    for (const { name, prometheusName, type } of documented) {
      if (!held.includes(name)) continue;
      expect(types.get(prometheusName), prometheusName).toBe(type);
    }
    expect([...types.keys()].filter((name) => !documented.some((row) => row.prometheusName === name))).toEqual([]);
    const [, labels, value] = /^exchange_ticker_last\{(.*symbol="BTC\/USDT".*)\} (\S+)$/m.exec(shown) ?? [];
    expect(labels?.split(',').map((pair) => pair.split('=')[0])).toEqual([
      'exchange',
      'instance',
      'job',
      'symbol',
      'venue',
    ]);
    const prices = points.filter(
      ({ metric, attributes }) => metric === 'exchange.ticker.last' && attributes['symbol'] === 'BTC/USDT',
    );
    const newest = (await written()).filter(({ metric }) => metric === 'exchange.ticker.last');
    expect([...prices, ...newest].map((point) => point.value)).toContain(Number(value));
  });

  it('gets what every panel of the dashboards asks for, with the labels that its legend names', async () => {
    const faults: string[] = [];
    for (const name of dashboardNames) {
      for (const { title, targets = [] } of (await readDashboard(name)).panels) {
        for (const { expr, legendFormat } of targets) {
          const series = await program.promql(withEverythingChosen(expr));
          if (series.length === 0 && !quiet.test(expr)) faults.push(`${name}, ${title}: nothing for ${expr}`);
          for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
            if (series.length > 0 && series.every(({ labels }) => labels[label] === undefined))
              faults.push(`${name}, ${title}: no ${label} in ${expr}`);
          }
        }
      }
    }
    expect(faults).toEqual([]);
  });

  it('keeps to itself what it writes, and ends by Ctrl-C without complaint', async () => {
    await program.stop();
    expect((await stat(`${folder.path}/collector/metrics.jsonl`)).mode & 0o007).toBe(0);
    expect(await collector.stop('SIGINT')).toBe(0);
    expect(collector.output()).not.toMatch(/\t(error|fatal|panic)\t/);
  });
});
