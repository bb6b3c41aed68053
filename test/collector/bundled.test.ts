import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findCollector } from '../support/collector.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';

const folder = inRepository('otel-collector');
const configs = ['config.yaml', 'grafana-cloud.yaml', 'datadog.yaml'];

interface CollectorConfig {
  readonly service: {
    readonly extensions?: readonly string[];
    readonly pipelines: Readonly<Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', string[]>>>>;
  };
}

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly environment?: Readonly<Record<string, string>>;
        readonly volumes: readonly string[];
        readonly ports: readonly string[];
      }
    >
  >;
  readonly volumes: Readonly<Record<string, null>>;
}

const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
const yaml = async (file: string): Promise<unknown> => parse(await read(file));
const variablesOf = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\$\{env:(\w+)/g)].map(([, name = '']) => name)),
];
/** Components of the kind `otlp_http/grafana_cloud` go by their type, however its words are divided. */
const typeOf = (component: string): string => component.replace(/\/.*/, '').replaceAll('_', '');

async function builder(): Promise<{ readonly version: string; readonly modules: readonly string[] }> {
  const { dist, ...kinds } = (await yaml('builder.yaml')) as { dist: { version: string } } & Record<
    string,
    { gomod: string }[]
  >;
  return { version: dist.version, modules: Object.values(kinds).flatMap((list) => list.map(({ gomod }) => gomod)) };
}

describe('the bundled collector configs', () => {
  it('are all of the files that npm run collector offers', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [inRepository('scripts/collector.mjs'), '--help']);
    for (const config of configs) expect(stdout).toContain(config.replace('.yaml', ''));
    const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
    expect(new Set(files)).toEqual(new Set([...configs, 'builder.yaml', 'compose.yaml']));
  });

  it.for(configs)('%s is valid', { timeout: 60_000 }, async (config, context) => {
    const { file, reason } = findCollector(config.replace('.yaml', ''));
    if (file === undefined) return context.skip(reason);
    const { path, remove } = await scratchFolder();
    try {
      await promisify(execFile)(file, ['validate', `--config=${join(folder, config)}`], {
        env: {
          ...process.env,
          COLLECTOR_DATA_DIR: path,
          GRAFANA_CLOUD_OTLP_ENDPOINT: 'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp',
          GRAFANA_CLOUD_INSTANCE_ID: '1',
          GRAFANA_CLOUD_API_KEY: 'k',
          DD_API_KEY: 'k',
          DD_OTLP_METRICS_ENDPOINT: 'https://otlp.datadoghq.eu/v1/metrics',
        },
      });
    } finally {
      await remove();
    }
  });

  it.each(configs)('%s listens on loopback alone unless told otherwise', async (config) => {
    const endpoints = [...(await read(config)).matchAll(/^\s+endpoint: (\S+)$/gm)].map(([, value]) => value);
    const listening = endpoints.filter((value) => value?.includes(':-'));
    expect(listening.length).toBeGreaterThan(0);
    for (const value of listening) expect(value).toMatch(/^\$\{env:\w+:-127\.0\.0\.1:\d+\}$/);
  });

  it.each(configs)('%s uses every component that it sets up, and its variables are explained', async (config) => {
    const { service, ...parts } = (await yaml(config)) as CollectorConfig & Record<string, object>;
    const used = Object.values(service.pipelines).flatMap((pipeline) => Object.values(pipeline).flat());
    const setUp = Object.values(parts).flatMap((part) => Object.keys(part));
    expect(new Set([...used, ...(service.extensions ?? [])])).toEqual(new Set(setUp));
    const readme = await read('README.md');
    for (const name of variablesOf(await read(config))) expect(readme).toContain(`\`${name}\``);
  });

  it('refuse to start without their variables, naming all of them', async () => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GRAFANA_|DD_)/.test(name)));
    const run = (config: string): Promise<unknown> =>
      promisify(execFile)(process.execPath, [inRepository('scripts/collector.mjs'), config], { env });
    await expect(run('grafana-cloud')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /GRAFANA_CLOUD_INSTANCE_ID.*GRAFANA_CLOUD_API_KEY.*GRAFANA_CLOUD_OTLP_ENDPOINT/,
      ) as string,
    });
    await expect(run('datadog')).rejects.toMatchObject({ code: 2 });
    await expect(run('no-such')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('grafana-cloud') as string,
    });
  });
});

describe('builder.yaml', () => {
  it('holds what the configs use, and nothing else', async () => {
    const used = new Set<string>();
    for (const config of configs) {
      const { service, ...parts } = (await yaml(config)) as CollectorConfig & Record<string, object>;
      for (const part of Object.values(parts)) for (const component of Object.keys(part)) used.add(typeOf(component));
      expect(service).toBeDefined();
    }
    const { modules } = await builder();
    const held = modules
      .filter((module) => !module.includes('/provider/'))
      .map((module) => /\/(\w+?)(receiver|processor|exporter|extension)? v/.exec(module)?.[1]);
    expect(new Set(held)).toEqual(used);
  });

  it('is built from the modules of go.mod, each with its checksum', async () => {
    const { version, modules } = await builder();
    const [goMod, goSum] = await Promise.all([read('go.mod'), read('go.sum')]);
    for (const module of [...modules, `go.opentelemetry.io/collector/otelcol v${version}`]) {
      expect(goMod).toContain(`\t${module}\n`);
      expect(goSum).toContain(`${module} h1:`);
    }
  });
});

describe('compose.yaml', () => {
  it('mounts files that exist, and shows itself to this machine alone', async () => {
    const { services, volumes } = (await yaml('compose.yaml')) as Compose;
    expect(Object.keys(services)).toEqual(['collector', 'prometheus', 'grafana']);
    for (const { image, volumes: mounts, ports } of Object.values(services)) {
      expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const mount of mounts) {
        const [source = ''] = mount.split(':');
        if (source.startsWith('.')) expect(existsSync(join(folder, source)), source).toBe(true);
        else expect(Object.keys(volumes)).toContain(source);
      }
    }
  });

  it('runs the collector of the same release, with every config and all their variables', async () => {
    const { services } = (await yaml('compose.yaml')) as Compose;
    const collector = services['collector'];
    expect(collector?.image).toBe(`otel/opentelemetry-collector-contrib:${(await builder()).version}`);
    const mounted = collector?.volumes.map((mount) => mount.split(':')[0]);
    for (const config of configs) {
      expect(mounted).toContain(`./${config}`);
      for (const name of variablesOf(await read(config)))
        expect(Object.keys(collector?.environment ?? {})).toContain(name);
    }
  });

  it('points Prometheus at the collector and Grafana at Prometheus', async () => {
    const { services } = (await yaml('compose.yaml')) as Compose;
    const prometheus = await read('prometheus/prometheus.yaml');
    expect(prometheus).toContain(
      `collector:${services['collector']?.environment?.['COLLECTOR_PROMETHEUS_ENDPOINT']?.split(':')[1]}`,
    );
    const { datasources } = (await yaml('grafana/provisioning/datasources/prometheus.yaml')) as {
      datasources: { type: string; url: string }[];
    };
    expect(datasources).toMatchObject([{ type: 'prometheus', url: 'http://prometheus:9090' }]);
    const { providers } = (await yaml('grafana/provisioning/dashboards/tapewatch.yaml')) as {
      providers: { options: { path: string } }[];
    };
    expect(services['grafana']?.volumes).toContain(`./grafana/dashboards:${providers[0]?.options.path}:ro`);
  });
});
