import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findCollector, startCollector, type RunningCollector } from '../support/collector.js';
import { startOtlpIntake, type OtlpIntake } from '../support/otlp-intake.js';
import { keyOf, type OtlpPoint } from '../support/otlp-points.js';
import { implausible } from '../support/plausible.js';
import { Program } from '../support/program.js';
import { scratchFolder, writeConfig } from '../support/scratch.js';
import { startSimulator, type Simulator } from '../support/simulator.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

const grafanaCollector = findCollector('grafana-cloud');
const datadogCollector = findCollector('datadog');
const instance = '123456';
const key = 'stand-in-key';

const secondsOf = (points: readonly OtlpPoint[]): number => new Set(points.map(({ timeNano }) => timeNano)).size;
const samplesOf = (points: readonly OtlpPoint[]): readonly OtlpPoint[] =>
  points.filter(({ metric }) => metric === 'tapewatch.samples');

/** One Tapewatch that ships to a plain OTLP backend, and through a collector each to stand-ins of Grafana Cloud and Datadog. */
describe('the collector to a cloud', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let simulator: Simulator;
  let program: Program;
  let plain: OtlpIntake;
  let grafana: OtlpIntake;
  let datadog: OtlpIntake;
  let toGrafana: RunningCollector;
  let toDatadog: RunningCollector;

  beforeEach((context) => {
    for (const { file, reason } of [grafanaCollector, datadogCollector]) if (file === undefined) context.skip(reason);
  });
  beforeAll(async () => {
    if (grafanaCollector.file === undefined || datadogCollector.file === undefined) return;
    [folder, webhook, simulator] = await Promise.all([scratchFolder(), startWebhook(), startSimulator()]);
    [plain, grafana, datadog] = await Promise.all([startOtlpIntake(), startOtlpIntake(), startOtlpIntake()]);
    [toGrafana, toDatadog] = await Promise.all([startToGrafana(), startToDatadog()]);
    const destinations = [plain, toGrafana, toDatadog]
      .map(({ url }, i) => `{ name: d${i}, endpoint: "${url}", protocol: http/protobuf }`)
      .join(', ');
    const config = await writeConfig(
      folder.path,
      simulator,
      webhook.url,
      `otlp: { destinations: [${destinations}] }\n`,
    );
    program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
    await until('seconds at every intake', 30_000, () =>
      [plain, grafana, datadog].every((intake) => secondsOf(intake.points()) >= 5),
    );
  }, 120_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    await Promise.all([toGrafana?.stop('SIGKILL'), toDatadog?.stop('SIGKILL'), simulator?.stop()]);
    for (const server of [webhook, plain, grafana, datadog]) server?.stop();
    await folder?.remove();
  });

  const startToGrafana = (port?: number): Promise<RunningCollector> =>
    startCollector({
      config: 'grafana-cloud',
      dataDir: `${folder.path}/collector`,
      ...(port === undefined ? {} : { port }),
      env: {
        GRAFANA_CLOUD_OTLP_ENDPOINT: `${grafana.url}/otlp`,
        GRAFANA_CLOUD_INSTANCE_ID: instance,
        GRAFANA_CLOUD_API_KEY: key,
      },
    });
  const startToDatadog = (): Promise<RunningCollector> =>
    startCollector({
      config: 'datadog',
      dataDir: `${folder.path}/collector`,
      env: { DD_API_KEY: key, DD_OTLP_METRICS_ENDPOINT: `${datadog.url}/v1/metrics` },
    });
  /** What the plain backend has and the other does not. */
  const missingAt = (intake: OtlpIntake, keys: ReadonlySet<string>): readonly string[] => {
    const there = new Set(intake.points().map(keyOf));
    return [...keys].filter((one) => !there.has(one));
  };
  const gaugesOf = (intake: OtlpIntake): ReadonlySet<string> =>
    new Set(
      intake
        .points()
        .filter(({ kind }) => kind === 'gauge')
        .map(keyOf),
    );
  const refusedAgain = async (intake: OtlpIntake): Promise<void> => {
    const { refused } = intake;
    const seconds = secondsOf(plain.points());
    await until('refused while seconds pass', 30_000, () => {
      return intake.refused >= refused + 2 && secondsOf(plain.points()) >= seconds + 4;
    });
  };

  it('sends Grafana Cloud what its gateway asks for', () => {
    for (const { method, path, headers } of grafana.taken) {
      expect(`${method} ${path}`).toBe('POST /otlp/v1/metrics');
      expect(headers['authorization']).toBe(`Basic ${Buffer.from(`${instance}:${key}`).toString('base64')}`);
      expect(headers['content-type']).toBe('application/x-protobuf');
      expect(['gzip', undefined]).toContain(headers['content-encoding']);
    }
    const points = grafana.points();
    const temporalities = new Set(points.filter(({ kind }) => kind !== 'gauge').map(({ temporality }) => temporality));
    expect([...temporalities]).toEqual(['cumulative']);
    expect(implausible(points)).toEqual([]);
    for (const { resource } of points) expect(resource['service.name']).toBe('tapewatch');
  });

  it('sends Datadog what its intake asks for, as deltas that add up', async () => {
    for (const { method, path, headers, bytes, bytesOnWire } of datadog.taken) {
      expect(`${method} ${path}`).toBe('POST /v1/metrics');
      expect(headers['dd-api-key']).toBe(key);
      expect(JSON.parse(String(headers['dd-otel-metric-config']))).toEqual({ resource_attributes_as_tags: true });
      expect(headers['content-type']).toBe('application/x-protobuf');
      expect(bytesOnWire).toBeLessThan(500_000);
      expect(bytes).toBeLessThan(5_000_000);
    }
    const points = datadog.points();
    expect(implausible(points)).toEqual([]);
    const summed = points.filter(({ kind, monotonic }) => kind === 'histogram' || monotonic);
    expect(new Set(summed.map(({ kind }) => kind))).toEqual(new Set(['sum', 'histogram']));
    expect([...new Set(summed.map(({ temporality }) => temporality))]).toEqual(['delta']);

    const cumulative = samplesOf(plain.points());
    const deltas = samplesOf(points);
    const at = (timeNano: bigint | undefined): number =>
      cumulative.find((point) => point.timeNano === timeNano)?.value ?? NaN;
    const grown = at(deltas.at(-1)?.timeNano) - at(deltas.at(0)?.timeNano);
    expect(grown).toBeGreaterThan(0);
    expect(deltas.slice(1).reduce((sum, { value }) => sum + value, 0)).toBe(grown);
  });

  it('sends each what the program ships, whole and once', async () => {
    const keys = new Set(plain.points().map(keyOf));
    await until('everything at Grafana Cloud', 20_000, () => missingAt(grafana, keys).length === 0);
    const sent = grafana.points().map(keyOf);
    expect(new Set(sent).size).toBe(sent.length);
    // What counts up has no first delta before it has a second value.
    const gauges = gaugesOf(plain);
    await until('every gauge at Datadog', 20_000, () => missingAt(datadog, gauges).length === 0);
  });

  it('keeps every point while the intakes are out', async () => {
    grafana.status = datadog.status = 503;
    await Promise.all([refusedAgain(grafana), refusedAgain(datadog)]);
    grafana.status = datadog.status = 200;
    const [keys, gauges] = [new Set(plain.points().map(keyOf)), gaugesOf(plain)];
    await until('Grafana Cloud caught up', 40_000, () => missingAt(grafana, keys).length === 0);
    await until('Datadog caught up', 40_000, () => missingAt(datadog, gauges).length === 0);
    for (const intake of [grafana, datadog]) {
      const sent = intake.points().map(keyOf);
      expect(new Set(sent).size).toBe(sent.length);
    }
  });

  it('keeps them through a kill -9 of the collector as well', async () => {
    grafana.status = 503;
    await refusedAgain(grafana);
    await program.stop();
    await toGrafana.stop('SIGKILL');
    const keys = new Set(plain.points().map(keyOf));
    expect(missingAt(grafana, keys).length).toBeGreaterThan(1000);
    grafana.status = 200;
    toGrafana = await startToGrafana(toGrafana.port);
    await until('everything caught up', 40_000, () => missingAt(grafana, keys).length === 0);
  });
});
