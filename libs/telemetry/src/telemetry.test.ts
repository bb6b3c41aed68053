import { describe, expect, it } from 'vitest';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import type { Collection, CollectionStage } from './collection.js';
import { createTelemetry } from './telemetry.js';
import type { Telemetry } from './telemetry.js';

const noon = Date.UTC(2026, 0, 1, 12);

interface Rig {
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly collections: Collection[];
  readonly telemetry: Telemetry;
}

function rig(stages: readonly CollectionStage[] = [], cardinalityLimit = 1000): Rig {
  const clock = new FakeClock(noon);
  const logger = new RecordingLogger();
  const collections: Collection[] = [];
  const telemetry = createTelemetry({
    clock,
    logger,
    resource: { serviceName: 'tapewatch', serviceVersion: '1.0.0', serviceInstanceId: 'one', attributes: {} },
    cardinalityLimit,
    callbackTimeoutMs: 5000,
    next: [...stages, { accept: (collection) => collections.push(collection) }],
  });
  return { clock, logger, collections, telemetry };
}

/** Values of a metric by the text of their attributes. */
function values(collection: Collection | undefined, name: string): Record<string, unknown> | undefined {
  for (const { metrics } of collection?.resourceMetrics.scopeMetrics ?? []) {
    const metric = metrics.find(({ descriptor }) => descriptor.name === name);
    if (metric !== undefined) {
      return Object.fromEntries(metric.dataPoints.map(({ attributes, value }) => [JSON.stringify(attributes), value]));
    }
  }
  return undefined;
}

describe('createTelemetry', () => {
  it('collects every meter on the second and hands it to the stages in order', async () => {
    const order: string[] = [];
    const stage = (name: string): CollectionStage => ({ accept: () => order.push(name) });
    const { clock, telemetry, collections } = rig([stage('first'), stage('second')]);
    const counter = telemetry.meterProvider.getMeter('test').createCounter('requests');
    telemetry.start();
    counter.add(1);
    await clock.advance(1000);
    counter.add(2);
    await clock.advance(1000);
    expect(order).toEqual(['first', 'second', 'first', 'second']);
    expect(collections.map(({ at }) => at)).toEqual([noon + 1000, noon + 2000]);
    expect(collections.map((collection) => values(collection, 'requests'))).toEqual([{ '{}': 1 }, { '{}': 3 }]);
  });

  it('gives every point the time of its tick', async () => {
    const { clock, telemetry, collections } = rig();
    const meter = telemetry.meterProvider.getMeter('test');
    meter.createCounter('sync').add(1);
    meter.createObservableCounter('observed').addCallback((result) => result.observe(5));
    telemetry.start();
    await clock.advance(2000);
    for (const { at, resourceMetrics } of collections) {
      for (const point of resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap((m) => [...m.dataPoints]),
      )) {
        expect(point.endTime).toEqual([at / 1000, 0]);
        expect(point.startTime[0]).toBeLessThanOrEqual(at / 1000);
      }
    }
  });

  it('reports observables as cumulative as observed, and only those that were observed', async () => {
    const { clock, telemetry, collections } = rig();
    const meter = telemetry.meterProvider.getMeter('test');
    let names = ['a', 'b'];
    let value = 0.1;
    for (const [create, name] of [
      [meter.createObservableCounter.bind(meter), 'counter'],
      [meter.createObservableUpDownCounter.bind(meter), 'updown'],
      [meter.createObservableGauge.bind(meter), 'gauge'],
    ] as const) {
      create(name).addCallback((result) => {
        for (const of of names) result.observe(value, { of });
      });
    }
    telemetry.start();
    await clock.advance(1000);
    names = ['b'];
    value = 0.3;
    await clock.advance(1000);
    names = [];
    await clock.advance(1000);
    for (const name of ['counter', 'updown', 'gauge']) {
      expect(values(collections[0], name)).toEqual({ '{"of":"a"}': 0.1, '{"of":"b"}': 0.1 });
      expect(values(collections[1], name)).toEqual({ '{"of":"b"}': 0.3 });
      expect(values(collections[2], name)).toBeUndefined();
    }
    const sums = collections[0]?.resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
    expect(sums?.find(({ descriptor }) => descriptor.name === 'counter')).toMatchObject({
      isMonotonic: true,
      aggregationTemporality: 1,
    });
    expect(sums?.find(({ descriptor }) => descriptor.name === 'updown')).toMatchObject({
      isMonotonic: false,
      aggregationTemporality: 1,
    });
  });

  it('has its own figures from the first tick on', async () => {
    const { clock, telemetry, collections } = rig();
    telemetry.start();
    await clock.advance(2000);
    expect(values(collections[0], 'tapewatch.tick.missed')).toEqual({ '{}': 0 });
    expect(values(collections[0], 'tapewatch.tick.lag')).toMatchObject({ '{}': { count: 1, sum: 0 } });
    expect(values(collections[1], 'tapewatch.tick.duration')).toMatchObject({ '{}': { count: 1 } });
  });

  it('counts the ticks that came while a collection was running as missed', async () => {
    const { clock, telemetry, collections } = rig();
    let release: () => void = () => undefined;
    let slow = true;
    telemetry.meterProvider
      .getMeter('test')
      .createObservableGauge('slow')
      .addCallback(() => (slow ? new Promise<void>((resolve) => (release = resolve)) : undefined));
    telemetry.start();
    await clock.advance(3000);
    expect(collections).toEqual([]);
    slow = false;
    release();
    await clock.advance(1000);
    expect(collections.map(({ at }) => at)).toEqual([noon + 1000, noon + 4000]);
    expect(values(collections[1], 'tapewatch.tick.missed')).toEqual({ '{}': 2 });
  });

  it('survives callbacks and stages that throw, and tells each once until it works again', async () => {
    let failing = true;
    const fail = (): void => {
      if (failing) throw new Error('broken');
    };
    const { clock, telemetry, collections, logger } = rig([{ accept: fail }]);
    const meter = telemetry.meterProvider.getMeter('test');
    meter.createObservableGauge('bad').addCallback(fail);
    meter.createObservableGauge('good').addCallback((result) => result.observe(1));
    telemetry.start();
    await clock.advance(3000);
    expect(collections).toHaveLength(3);
    expect(values(collections[2], 'good')).toEqual({ '{}': 1 });
    expect(logger.lines.map(({ level }) => level)).toEqual(['error', 'error']);
    failing = false;
    await clock.advance(1000);
    failing = true;
    await clock.advance(1000);
    expect(logger.lines).toHaveLength(4);
  });

  it('leaves out values that are not finite numbers and tells each instrument once', async () => {
    const { clock, telemetry, collections, logger } = rig();
    telemetry.meterProvider
      .getMeter('test')
      .createObservableGauge('g')
      .addCallback((result) => {
        result.observe(NaN, { of: 'a' });
        result.observe(1, { of: 'b' });
      });
    telemetry.start();
    await clock.advance(2000);
    expect(values(collections[1], 'g')).toEqual({ '{"of":"b"}': 1 });
    expect(logger.lines.map(({ fields }) => fields)).toEqual([{ metric: 'g' }]);
  });

  it.each(['createCounter', 'createUpDownCounter', 'createHistogram', 'createGauge'] as const)(
    'holds the cardinality limit over the life of %s, too',
    async (create) => {
      const { clock, telemetry, collections } = rig([], 10);
      const instrument = telemetry.meterProvider.getMeter('test')[create]('many');
      const put = (n: number): void => {
        if ('add' in instrument) instrument.add(1, { n });
        else instrument.record(1, { n });
      };
      telemetry.start();
      for (let tick = 0; tick < 20; tick++) {
        for (let i = 0; i < 5; i++) put(tick * 5 + i);
        put(0);
        await clock.advance(1000);
      }
      const last = values(collections.at(-1), 'many') ?? {};
      expect(Object.keys(last).length).toBeLessThanOrEqual(20);
      expect(last).toHaveProperty(['{"otel.metric.overflow":true}']);
      if (create === 'createCounter') {
        expect(last['{"n":0}']).toBe(21);
        expect(Object.values(last).reduce<number>((sum, value) => sum + Number(value), 0)).toBe(120);
      }
    },
  );

  it('collects once more at stop and lets the stages finish, once', async () => {
    let stops = 0;
    const { clock, telemetry, collections } = rig([
      {
        accept: () => undefined,
        stop: () => {
          stops++;
          return Promise.resolve();
        },
      },
    ]);
    const counter = telemetry.meterProvider.getMeter('test').createCounter('requests');
    telemetry.start();
    await clock.advance(1000);
    counter.add(5);
    await Promise.all([telemetry.stop(), telemetry.stop()]);
    expect(collections).toHaveLength(2);
    expect(values(collections[1], 'requests')).toEqual({ '{}': 5 });
    expect(collections[1]?.at).toBe(noon + 2000);
    expect(stops).toBe(1);
    await clock.advance(5000);
    expect(collections).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('stops without start, collects nothing, and cannot be started afterwards', async () => {
    const { clock, telemetry, collections } = rig();
    await telemetry.stop();
    telemetry.start();
    await clock.advance(3000);
    expect(collections).toEqual([]);
  });

  it('stops by the deadline when a stage hangs', async () => {
    const { clock, telemetry } = rig([{ accept: () => undefined, stop: () => new Promise(() => undefined) }]);
    telemetry.start();
    await clock.advance(1000);
    let stopped = false;
    void telemetry.stop(2000).then(() => (stopped = true));
    await clock.advance(1999);
    expect(stopped).toBe(false);
    await clock.advance(1);
    expect(stopped).toBe(true);
  });
});
