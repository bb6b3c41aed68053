import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '@tapewatch/model';
import { createTickMeters } from '../tick-meters.js';
import { registerHostInstruments } from './host-instruments.js';
import type { HostInstruments, HostInstrumentsOptions } from './host-instruments.js';

const running: HostInstruments[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((instruments) => instruments.stop()));
});

type Metrics = ReadonlyMap<string, MetricData>;

function host(options: Partial<HostInstrumentsOptions> = {}): {
  instruments: HostInstruments;
  collect: () => Promise<Metrics>;
} {
  const { provider, reader } = createTickMeters({
    cardinalityLimit: 1000,
    startedAt: 0,
    callbackTimeoutMs: 5000,
    onNotFinite: () => undefined,
    resource: {},
  });
  const instruments = registerHostInstruments(provider.getMeter('host'), {
    clock: systemClock,
    ...options,
  });
  running.push(instruments);
  const collect = async (): Promise<Metrics> => {
    const { collection, errors } = await reader.read(1000);
    expect(errors).toEqual([]);
    const metrics = collection.resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return new Map(metrics.map((metric) => [metric.descriptor.name, metric]));
  };
  return { instruments, collect };
}

/** Values of a metric by one attribute's value; by '' when the metric has none. */
function by(metrics: Metrics, name: string, attribute = ''): Record<string, number> {
  const points = metrics.get(name)?.dataPoints ?? [];
  return Object.fromEntries(
    points.map(({ attributes, value }) => [(attributes[attribute] ?? '') as string, Number(value)]),
  );
}

function single(metrics: Metrics, name: string): number {
  return by(metrics, name)[''] ?? NaN;
}

/** Keeps the processor busy until its counters, which have steps of 10 ms, have moved. */
function work(): void {
  const end = performance.now() + 60;
  while (performance.now() < end) Math.sqrt(Math.random());
}

/** The second collection comes when the filesystems, which are measured beside the collections, are known. */
async function collectTwice(collect: () => Promise<Metrics>): Promise<{ before: Metrics; after: Metrics }> {
  const before = await collect();
  for (let tries = 0; tries < 100 && !(await collect()).has('system.filesystem.limit'); tries++) await sleep(20);
  work();
  // Long enough for the event loop's monitor to have taken a sample.
  await sleep(120);
  return { before, after: await collect() };
}

const everywhere = [
  ['system.cpu.time', 's'],
  ['system.cpu.utilization', '1'],
  ['system.cpu.logical.count', '{cpu}'],
  ['system.memory.usage', 'By'],
  ['system.memory.limit', 'By'],
  ['system.memory.utilization', '1'],
  ['system.filesystem.usage', 'By'],
  ['system.filesystem.limit', 'By'],
  ['system.filesystem.utilization', '1'],
  ['system.uptime', 's'],
  ['process.cpu.time', 's'],
  ['process.cpu.utilization', '1'],
  ['process.memory.usage', 'By'],
  ['process.uptime', 's'],
  ['nodejs.eventloop.delay.max', 's'],
  ['nodejs.eventloop.delay.p99', 's'],
  ['nodejs.eventloop.utilization', '1'],
  ['nodejs.eventloop.time', 's'],
  ['v8js.memory.heap.used', 'By'],
  ['v8js.memory.heap.space.size', 'By'],
] as const;

const onLinux = [
  ['system.memory.linux.available', 'By'],
  ['system.paging.faults', '{fault}'],
  ['system.paging.operations', '{operation}'],
  ['process.memory.virtual', 'By'],
  ['process.thread.count', '{thread}'],
  ['process.unix.file_descriptor.count', '{file_descriptor}'],
  ['process.unix.file_descriptor.limit', '{file_descriptor}'],
] as const;

describe('registerHostInstruments', () => {
  it('has the metrics of the semantic conventions with their units', async () => {
    const { after } = await collectTwice(host().collect);
    const expected = [...everywhere, ...(process.platform === 'linux' ? onLinux : [])];
    const found = expected.map(([name]) => [name, after.get(name)?.descriptor.unit]);
    expect(found).toEqual(expected.map((row) => [...row]));
  });

  it('has none of the names and attributes of older conventions', async () => {
    const { after } = await collectTwice(host().collect);
    const attributes = [...after.values()].flatMap(({ dataPoints }) =>
      dataPoints.flatMap((point) => Object.keys(point.attributes)),
    );
    expect([...after.keys()]).not.toContain('system.network.dropped');
    expect(attributes.filter((name) => /cpu\.state|cpu\.logical_number|^state$|^direction$/.test(name))).toEqual([]);
  });

  it('shares out all CPU time among the modes', async () => {
    const { before, after } = await collectTwice(host().collect);
    expect(by(before, 'system.cpu.utilization', 'cpu.mode')).toEqual({});
    const utilization = by(after, 'system.cpu.utilization', 'cpu.mode');
    expect(Object.keys(utilization)).toEqual(expect.arrayContaining(['user', 'system', 'idle']));
    expect(Object.values(utilization).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    for (const value of Object.values(utilization)) expect(value).toBeGreaterThanOrEqual(0);
    const [cpuBefore, cpuAfter] = [before, after].map((metrics) => by(metrics, 'system.cpu.time', 'cpu.mode'));
    for (const [mode, seconds] of Object.entries(cpuAfter ?? {}))
      expect(seconds).toBeGreaterThanOrEqual((cpuBefore?.[mode] ?? 0) - 0.1);
  });

  it('measures the CPU that this process used', async () => {
    const { before, after } = await collectTwice(host().collect);
    const used = (metrics: Metrics): number =>
      Object.values(by(metrics, 'process.cpu.time', 'cpu.mode')).reduce((sum, value) => sum + value, 0);
    expect(used(after) - used(before)).toBeGreaterThan(0.01);
    const utilization = Object.values(by(after, 'process.cpu.utilization', 'cpu.mode')).reduce(
      (sum, value) => sum + value,
      0,
    );
    expect(utilization).toBeGreaterThan(0);
    expect(utilization).toBeLessThan(2);
  });

  it('has memory and filesystem figures that add up', async () => {
    const { after } = await collectTwice(host().collect);
    const memory = by(after, 'system.memory.usage', 'system.memory.state');
    const limit = single(after, 'system.memory.limit');
    expect((memory['used'] ?? NaN) + (memory['free'] ?? NaN)).toBeLessThanOrEqual(limit);
    expect(single(after, 'process.memory.usage')).toBeLessThan(limit);
    const limits = by(after, 'system.filesystem.limit', 'system.filesystem.mountpoint');
    const utilization = by(after, 'system.filesystem.utilization', 'system.filesystem.mountpoint');
    expect(Object.keys(limits)).toContain(process.platform === 'win32' ? 'C:\\' : '/');
    for (const [mountpoint, bytes] of Object.entries(limits)) {
      const states = after
        .get('system.filesystem.usage')
        ?.dataPoints.filter(({ attributes }) => attributes['system.filesystem.mountpoint'] === mountpoint);
      expect(states?.reduce((sum, { value }) => sum + Number(value), 0)).toBe(bytes);
      expect(utilization[mountpoint]).toBeGreaterThanOrEqual(0);
      expect(utilization[mountpoint]).toBeLessThanOrEqual(1);
    }
  });

  it('sees a blocked event loop', async () => {
    const { collect } = host();
    await collect();
    await sleep(120);
    const end = performance.now() + 300;
    while (performance.now() < end);
    await sleep(120);
    const blockedSeconds = single(await collect(), 'nodejs.eventloop.delay.max');
    expect(blockedSeconds).toBeGreaterThan(0.2);
    await sleep(120);
    expect(single(await collect(), 'nodejs.eventloop.delay.max')).toBeLessThan(blockedSeconds);
  });

  it('lacks what the platform lacks instead of showing zeros', async () => {
    const { collect } = host({ platform: 'linux', procRoot: '/nowhere' });
    const { after } = await collectTwice(collect);
    for (const name of [
      'system.paging.faults',
      'system.disk.io',
      'system.network.io',
      'system.memory.linux.available',
      'process.thread.count',
    ]) {
      expect(after.has(name)).toBe(false);
    }
    expect(after.has('system.memory.usage')).toBe(true);
  });

  it('observes nothing after stop', async () => {
    const { instruments, collect } = host();
    await collect();
    await instruments.stop();
    await instruments.stop();
    expect([...(await collect()).keys()].filter((name) => name !== 'v8js.gc.duration')).toEqual([]);
  });
});
