import type { Meter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { Tick } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import type { Collection } from '../collection.js';
import { createTickMeters } from '../tick-meters.js';
import { SeriesTranslation } from './series-translation.js';

/** Real meters whose collections a test takes by hand. */
interface Meters {
  readonly meter: Meter;
  collect(at: number): Promise<Collection>;
}

const testResource = {
  'service.name': 'tapewatch',
  'service.namespace': 'desk',
  'service.instance.id': 'one',
  'host.name': 'box',
};

function meters(resource: Readonly<Record<string, string>> = testResource, cardinalityLimit = 1000): Meters {
  const { provider, reader } = createTickMeters({
    cardinalityLimit,
    startedAt: 0,
    callbackTimeoutMs: 1000,
    onNotFinite: () => undefined,
    resource,
  });
  return {
    meter: provider.getMeter('test'),
    collect: async (at) => (await reader.read(at)).collection,
  };
}

function shown(tick: Tick | undefined): Record<string, number> {
  const values: Record<string, number> = {};
  tick?.series.forEach((series, i) => {
    values[series.labels.without('job', 'instance').toString()] = tick.values[i] as number;
  });
  return values;
}

function translation(): { stage: SeriesTranslation; ticks: Tick[]; logger: RecordingLogger } {
  const ticks: Tick[] = [];
  const logger = new RecordingLogger();
  const stage = new SeriesTranslation({ logger, next: [{ accept: (tick) => ticks.push(tick) }] });
  return { stage, ticks, logger };
}

describe('SeriesTranslation', () => {
  it('names sums, gauges and up-down counters as Prometheus does', async () => {
    const { meter, collect } = meters();
    meter.createCounter('requests', { unit: '{request}' }).add(3, { 'http.route': '/x' });
    meter.createObservableGauge('load', { unit: '1' }).addCallback((result) => result.observe(0.5));
    meter
      .createObservableUpDownCounter('system.memory.usage', { unit: 'By' })
      .addCallback((result) => result.observe(7));
    meter.createObservableCounter('system.cpu.time', { unit: 's' }).addCallback((result) => result.observe(1.5));
    const { stage, ticks } = translation();
    stage.accept(await collect(5000));
    expect(ticks[0]?.at).toBe(5000);
    expect(shown(ticks[0])).toEqual({
      'requests_total{http_route="/x"}': 3,
      load_ratio: 0.5,
      system_memory_usage_bytes: 7,
      system_cpu_time_seconds_total: 1.5,
      'target_info{host_name="box"}': 1,
    });
    expect(ticks[0]?.series.map(({ metric }) => metric.type)).toEqual([
      'counter',
      'gauge',
      'gauge',
      'counter',
      'gauge',
    ]);
  });

  it('puts namespace, name and instance of the service on every series', async () => {
    const { meter, collect } = meters();
    meter.createCounter('requests').add(1, { job: 'mine', exchange: 'a' });
    const { stage, ticks } = translation();
    stage.accept(await collect(1000));
    for (const { labels } of ticks[0]?.series ?? []) {
      expect(labels.get('job')).toBe('desk/tapewatch');
      expect(labels.get('instance')).toBe('one');
    }
  });

  it('has no target_info when the resource has nothing more to say', async () => {
    const { meter, collect } = meters({ 'service.name': 'tapewatch', 'service.instance.id': 'one' });
    meter.createCounter('requests').add(1);
    const { stage, ticks } = translation();
    stage.accept(await collect(1000));
    expect(Object.keys(shown(ticks[0]))).toEqual(['requests_total']);
  });

  it('turns a histogram into cumulative buckets, sum and count', async () => {
    const { meter, collect } = meters({});
    const histogram = meter.createHistogram('wait', {
      unit: 's',
      advice: { explicitBucketBoundaries: [0.0000005, 0.5, 2] },
    });
    for (const value of [0.1, 0.5, 1, 5]) histogram.record(value, { le: 'mine' });
    const { stage, ticks } = translation();
    stage.accept(await collect(1000));
    expect(shown(ticks[0])).toEqual({
      'wait_seconds_bucket{le="0.0000005"}': 0,
      'wait_seconds_bucket{le="0.5"}': 2,
      'wait_seconds_bucket{le="2"}': 3,
      'wait_seconds_bucket{le="+Inf"}': 4,
      'wait_seconds_sum{le="mine"}': 6.6,
      'wait_seconds_count{le="mine"}': 4,
    });
    expect(ticks[0]?.series[0]?.metric).toMatchObject({ name: 'wait_seconds', type: 'histogram', otelName: 'wait' });
  });

  it('writes values of every kind as text and joins attributes that become one label', async () => {
    const { meter, collect } = meters({});
    meter.createCounter('c').add(1, { 'a.b': 'x', a_b: 'y', flag: true, n: 5, list: ['p', 'q'], empty: '' });
    const { stage, ticks } = translation();
    stage.accept(await collect(1000));
    expect(ticks[0]?.series[0]?.labels.toObject()).toEqual({
      __name__: 'c_total',
      a_b: 'x;y',
      flag: 'true',
      n: '5',
      list: '["p","q"]',
    });
  });

  it('gives one series one object, whether the attributes object is kept, made anew, or ordered otherwise', async () => {
    const { meter, collect } = meters({});
    const kept = { exchange: 'a', symbol: 'b' };
    const variants = [kept, kept, { exchange: 'a', symbol: 'b' }, { symbol: 'b', exchange: 'a' }];
    let turn = 0;
    meter.createObservableGauge('g').addCallback((result) => result.observe(turn, variants[turn]));
    const { stage, ticks } = translation();
    for (turn = 0; turn < variants.length; turn++) stage.accept(await collect(1000 * (turn + 1)));
    expect(new Set(ticks.map(({ series }) => series[0])).size).toBe(1);
    expect(ticks.map(({ values }) => values[0])).toEqual([0, 1, 2, 3]);
  });

  it('knows the series of an observable between ticks, by whatever object, while the newest tick had it', async () => {
    const { meter, collect } = meters({});
    const kept = { exchange: 'a', symbol: 'b' };
    const seen = new Set([kept]);
    const gauge = meter.createObservableGauge('price', { unit: 's' });
    const counter = meter.createObservableCounter('price', { unit: 's' });
    for (const each of [gauge, counter])
      each.addCallback((result) => seen.forEach((attributes) => result.observe(1, attributes)));
    const { stage, ticks } = translation();
    expect(stage.seriesOf(gauge, kept)).toBeUndefined();
    stage.accept(await collect(1000));
    expect(ticks[0]?.series).toHaveLength(2);
    expect([stage.seriesOf(gauge, kept), stage.seriesOf(counter, { symbol: 'b', exchange: 'a' })]).toEqual(
      ticks[0]?.series,
    );
    expect(stage.seriesOf(gauge, kept)).toBe(ticks[0]?.series[0]);
    expect(stage.seriesOf(gauge, { exchange: 'a', symbol: 'other' })).toBeUndefined();
    seen.clear();
    stage.accept(await collect(2000));
    expect(stage.seriesOf(gauge, kept)).toBeUndefined();
  });

  it('drops a series at once when it is no longer observed, and forgets it in time', async () => {
    const { meter, collect } = meters({});
    const shownSymbols = new Set(['a', 'b']);
    meter.createObservableGauge('price').addCallback((result) => {
      for (const symbol of shownSymbols) result.observe(1, { symbol });
    });
    const { stage, ticks } = translation();
    stage.accept(await collect(1000));
    shownSymbols.delete('a');
    stage.accept(await collect(2000));
    expect(Object.keys(shown(ticks[1]))).toEqual(['price{symbol="b"}']);
    const first = ticks[0]?.series[0];
    for (let tick = 3; tick < 700; tick++) stage.accept(await collect(tick * 1000));
    shownSymbols.add('a');
    stage.accept(await collect(700_000));
    const again = ticks.at(-1)?.series.find(({ labels }) => labels.get('symbol') === 'a');
    expect(again).not.toBe(first);
    expect(again?.labels.equals(first?.labels ?? again.labels)).toBe(true);
  });

  it('gives a forgotten series one new object, also to callers that kept their attributes', async () => {
    const { meter, collect } = meters({});
    const kept = { symbol: 'a' };
    let observed: { symbol: string } | undefined = kept;
    meter.createObservableGauge('price').addCallback((result) => {
      if (observed !== undefined) result.observe(1, observed);
      result.observe(1);
    });
    const { stage, ticks } = translation();
    stage.accept(await collect(1000));
    observed = undefined;
    for (let tick = 2; tick < 700; tick++) stage.accept(await collect(tick * 1000));
    for (const attributes of [{ symbol: 'a' }, kept]) {
      observed = attributes;
      stage.accept(await collect(700_000));
    }
    const [made, again] = ticks.slice(-2).map(({ series }) => series.find(({ labels }) => labels.has('symbol')));
    expect(made).toBeDefined();
    expect(again).toBe(made);
  });

  it('leaves out a second metric of the same Prometheus name and says so once', async () => {
    const { meter, collect } = meters({});
    meter.createCounter('a.b').add(1);
    meter.createCounter('a_b').add(2);
    const { stage, ticks, logger } = translation();
    stage.accept(await collect(1000));
    stage.accept(await collect(2000));
    expect(shown(ticks[1])).toEqual({ a_b_total: 1 });
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]?.fields).toEqual({ metric: 'a_b' });
  });

  it('leaves out the second of two attribute sets that stand for one series', async () => {
    const { meter, collect } = meters({});
    const counter = meter.createCounter('c');
    counter.add(1, { n: 5 });
    counter.add(2, { n: '5' });
    const { stage, ticks, logger } = translation();
    stage.accept(await collect(1000));
    expect(shown(ticks[0])).toEqual({ 'c_total{n="5"}': 1 });
    expect(logger.lines).toHaveLength(1);
  });

  it('keeps what another stage was given, and goes on when a stage throws', async () => {
    const { meter, collect } = meters({});
    let value = 1;
    meter.createObservableGauge('g').addCallback((result) => result.observe(value));
    const ticks: Tick[] = [];
    const logger = new RecordingLogger();
    const broken = {
      accept: () => {
        throw new Error('broken');
      },
    };
    const stage = new SeriesTranslation({ logger, next: [broken, { accept: (tick) => ticks.push(tick) }] });
    stage.accept(await collect(1000));
    value = 2;
    stage.accept(await collect(2000));
    expect(ticks.map(({ values }) => values[0])).toEqual([1, 2]);
    expect(logger.lines.map(({ message }) => message)).toEqual(['a tick stage failed']);
  });

  it('counts its series, samples, and the instruments that overflow', async () => {
    const { meter, collect } = meters({}, 3);
    const { stage, ticks } = translation();
    stage.attach(meter);
    let symbols = 1;
    meter.createObservableGauge('price').addCallback((result) => {
      for (let i = 0; i < symbols; i++) result.observe(i, { symbol: `S${i}` });
    });
    stage.accept(await collect(1000));
    expect(shown(ticks[0])).toMatchObject({ tapewatch_series_overflows_total: 0, tapewatch_samples_total: 0 });
    symbols = 5;
    for (let tick = 2; tick <= 5; tick++) stage.accept(await collect(tick * 1000));
    const last = shown(ticks.at(-1));
    expect(last).toMatchObject({ 'price{symbol="S0"}': 0, tapewatch_series_overflows_total: 3 });
    expect(last).toHaveProperty(['price{otel_metric_overflow="true"}']);
    expect(last['tapewatch_series']).toBe(ticks.at(-2)?.series.length);
    expect(last['tapewatch_samples_total']).toBe(
      ticks.slice(0, -1).reduce((sum, { series }) => sum + series.length, 0),
    );
  });
});
