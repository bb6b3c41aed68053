import { ValueType } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { createTickMeters } from '../tick-meters.js';
import type { TickMeters } from '../tick-meters.js';

function meters(cardinalityLimit = 100, callbackTimeoutMs = 1000): TickMeters & { told: string[] } {
  const told: string[] = [];
  const onNotFinite = (metric: string): void => {
    told.push(metric);
  };
  return {
    ...createTickMeters({ cardinalityLimit, callbackTimeoutMs, onNotFinite, resource: {}, startedAt: 0 }),
    told,
  };
}

async function collected(
  { reader }: TickMeters,
  at = 1000,
): Promise<{ values: Record<string, number>; errors: number }> {
  const { collection, errors } = await reader.read(at);
  const values: Record<string, number> = {};
  for (const { metrics } of collection.resourceMetrics.scopeMetrics) {
    for (const { descriptor, dataPoints } of metrics) {
      for (const { attributes, value } of dataPoints)
        values[`${descriptor.name} ${JSON.stringify(attributes)}`] = value as number;
    }
  }
  return { values, errors: errors.length };
}

describe('Observables', () => {
  it('takes the last value of an attribute set, whatever object or order it comes in', async () => {
    const own = meters();
    const kept: Attributes = { b: 'x', a: 1 };
    own.provider
      .getMeter('m')
      .createObservableGauge('g')
      .addCallback((result) => {
        result.observe(1, kept);
        result.observe(2, { a: 1, b: 'x' });
        result.observe(3, { a: '1', b: 'x' });
      });
    const wanted = { 'g {"b":"x","a":1}': 2, 'g {"a":"1","b":"x"}': 3 };
    for (let turn = 1; turn < 200; turn++) expect((await collected(own, turn * 1000)).values).toEqual(wanted);
  });

  it('puts what is above the limit into one set, and takes new sets once old ones are gone', async () => {
    const own = meters(4);
    let from = 0;
    own.provider
      .getMeter('m')
      .createObservableCounter('c')
      .addCallback((result) => {
        for (let i = 0; i < 5; i++) result.observe(i, { i: from + i });
      });
    const overflow = 'c {"otel.metric.overflow":true}';
    expect((await collected(own)).values).toEqual({ 'c {"i":0}': 0, 'c {"i":1}': 1, 'c {"i":2}': 2, [overflow]: 4 });
    from = 100;
    expect((await collected(own)).values).toEqual({
      'c {"i":100}': 0,
      'c {"i":101}': 1,
      'c {"i":102}': 2,
      [overflow]: 4,
    });
  });

  it('leaves out all that a callback said that throws, rejects or takes too long, and nothing else', async () => {
    const own = meters(100, 20);
    const meter = own.provider.getMeter('m');
    const gauge = meter.createObservableGauge('g');
    gauge.addCallback((result) => result.observe(1, { from: 'whole' }));
    gauge.addCallback((result) => {
      result.observe(2, { from: 'thrown' });
      throw new Error('broken');
    });
    gauge.addCallback(async (result) => {
      result.observe(3, { from: 'rejected' });
      await Promise.reject(new Error('broken, too'));
    });
    gauge.addCallback((result) => {
      result.observe(4, { from: 'slow' });
      return new Promise(() => undefined);
    });
    gauge.addCallback(async (result) => {
      await Promise.resolve();
      result.observe(5, { from: 'later' });
    });
    expect(await collected(own)).toEqual({ values: { 'g {"from":"whole"}': 1, 'g {"from":"later"}': 5 }, errors: 3 });
  });

  it('asks a batch once for all its instruments, and takes no others from it', async () => {
    const own = meters();
    const meter = own.provider.getMeter('m');
    const [a, b, other] = ['a', 'b', 'other'].map((name) => meter.createObservableGauge(name));
    if (a === undefined || b === undefined || other === undefined) throw new Error('not made');
    const callback: Parameters<typeof meter.addBatchObservableCallback>[0] = (result) => {
      result.observe(a, 1);
      result.observe(b, 2);
      result.observe(other, 3);
    };
    meter.addBatchObservableCallback(callback, [a, b]);
    meter.addBatchObservableCallback(callback, [b, a]);
    expect((await collected(own)).values).toEqual({ 'a {}': 1, 'b {}': 2 });
    meter.removeBatchObservableCallback(callback, [a, b]);
    expect((await collected(own)).values).toEqual({});
  });

  it('is one instrument for all who name it alike, and whole where it counts whole things', async () => {
    const own = meters();
    const first = own.provider.getMeter('m').createObservableGauge('g', { valueType: ValueType.INT });
    const second = own.provider.getMeter('m').createObservableGauge('g', { valueType: ValueType.INT });
    expect(second).toBe(first);
    second.addCallback((result) => result.observe(2.7));
    first.addCallback((result) => result.observe(NaN, { not: 'finite' }));
    expect((await collected(own)).values).toEqual({ 'g {}': 2 });
    expect(own.told).toEqual([]);
    const real = own.provider.getMeter('m').createObservableGauge('real');
    real.addCallback((result) => result.observe(Infinity));
    await collected(own);
    await collected(own);
    expect(own.told).toEqual(['real']);
  });
});
