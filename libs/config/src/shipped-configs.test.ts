import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { testCertificates } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { configSchema } from './config-schema.js';
import { loadConfig } from './load-config.js';
import { knownKeysOf } from './schema-keys.js';
import { readYamlTree } from './yaml-tree.js';

const folder = resolve(import.meta.dirname, '../../../config');
const example = readFileSync(resolve(folder, 'example.yaml'), 'utf8');
/** `#key:` is an optional key that is shown; prose begins with a space. */
const everything = example.replace(/^(\s*)#(?=\S)/gm, '$1');

const keysOf = knownKeysOf(configSchema);
/** Paths of the schema without list positions; the keys of a route within a route are those of a route. */
function schemaPaths(path: readonly (string | number)[] = []): readonly string[] {
  const inner = [path, [...path, 0]].find((candidate) => keysOf(candidate).length > 0);
  if (inner === undefined || path.at(-1) === 'routes') return [];
  return keysOf(inner).flatMap((key) => [named([...inner, key]), ...schemaPaths([...inner, key])]);
}

function treePaths(value: unknown, path: readonly string[] = []): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => treePaths(item, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [named([...path, key]), ...treePaths(inner, [...path, key])]);
}

function named(path: readonly (string | number)[]): string {
  const text = path.filter((key) => typeof key === 'string').join('.');
  return text.replace(/(\.routes)+(?=\.)/, '');
}

describe('config/example.yaml', () => {
  const options = { file: resolve(folder, 'example.yaml'), env: {}, baseDir: folder };

  it('is valid as it stands, with three real venues', async () => {
    const config = await loadConfig(options);
    expect(config.exchanges.map((exchange) => exchange.venue)).toEqual(['binance', 'kraken', 'upbit']);
  });

  it('is valid with every optional key taken in', async () => {
    const readFile = (file: string) =>
      Promise.resolve(/key/.test(file) ? testCertificates.first.key : testCertificates.first.cert);
    const config = await loadConfig({ ...options, text: everything, readFile });
    expect(config.server.tls?.key).toBe(resolve(folder, 'tls/privkey.pem'));
    expect(config.server.externalUrl).toBeDefined();
    expect(config.exchanges[0]?.wsUrl).toBeDefined();
  });

  it('names every key of the schema', async () => {
    const { root } = await readYamlTree('example.yaml', everything, { env: {}, readFile: () => Promise.resolve('') });
    const shown = new Set(treePaths(root));
    // It stands in place of four others, and so in prose.
    expect(example).toContain('alertmanager_config: FILE');
    const wanted = schemaPaths().filter((path) => path !== 'alertmanager_config');
    expect(wanted).toContain('otlp.destinations.endpoint');
    expect(wanted.filter((path) => !shown.has(path))).toEqual([]);
    expect([...shown]).toEqual(expect.arrayContaining(['receivers.name', 'receivers.webhook_configs.send_resolved']));
  });

  it('shows the defaults where it shows a value that has one', async () => {
    const shown = await loadConfig(options);
    const defaults = await loadConfig({ ...options, text: '' });
    expect(shown.server).toEqual(defaults.server);
    expect(shown.log).toEqual(defaults.log);
    expect({ ...shown.metrics, resource: {} }).toEqual(defaults.metrics);
    expect({ ...shown.route, routes: [] }).toEqual(defaults.route);
  });
});

describe('config/demo.yaml', () => {
  it('watches twenty symbols at the simulator and says so in the resource', async () => {
    const env = {
      TAPEWATCH_SIMULATOR_REST: 'http://127.0.0.1:1',
      TAPEWATCH_SIMULATOR_WS: 'ws://127.0.0.1:1/stream/ws',
    };
    const config = await loadConfig({ file: resolve(folder, 'demo.yaml'), env, baseDir: folder });
    expect(config.exchanges).toMatchObject([
      { id: 'binance', venue: 'binance', restUrl: env.TAPEWATCH_SIMULATOR_REST },
    ]);
    expect(new Set(config.exchanges[0]?.symbols).size).toBe(20);
    expect(config.checks.map((check) => check.type)).toEqual(['exchange', 'http']);
    expect(config.metrics.resource).toEqual({ 'deployment.environment.name': 'demo' });
  });
});
