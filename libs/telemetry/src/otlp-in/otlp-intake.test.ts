import { createNoopMeter } from '@opentelemetry/api';
import { steadyTimeline, type Series } from '@tapewatch/model';
import { FakeClock } from '@tapewatch/model/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PushedSampleStage, PushRefusal } from './otlp-intake.js';
import { OtlpIntake } from './otlp-intake.js';
import type { PushedMetric } from './pushed-request.js';

const start = Date.parse('2026-01-31T09:30:00Z');

class Kept implements PushedSampleStage {
  readonly samples: string[] = [];
  refusal: PushRefusal | undefined;

  append(series: Series, timeMs: number, value: number): PushRefusal | undefined {
    if (this.refusal !== undefined) return this.refusal;
    this.samples.push(`${series.labels.toString()} ${timeMs - start} ${value}`);
    return undefined;
  }

  end(series: Series, timeMs: number): void {
    this.samples.push(`${series.labels.toString()} ${timeMs - start} ended`);
  }
}

const described = { unit: '', description: '' };
const at = (ms: number) => ({ attributes: {}, timeMs: start + ms, startMs: start, ended: false });
const gauge = (ms: number, value: number): PushedMetric => ({
  ...described,
  name: 'bot.open.trades',
  unit: '{trade}',
  kind: 'gauge',
  points: [{ ...at(ms), value }],
});
const delta = (ms: number, value: number): PushedMetric => ({
  ...described,
  name: 'bot.orders',
  kind: 'sum',
  monotonic: true,
  temporality: 'delta',
  points: [{ ...at(ms), value }],
});

describe('OtlpIntake', () => {
  let kept: Kept;
  let clock: FakeClock;
  let intake: OtlpIntake;
  let timeline: { skippedMs: number; aheadMs: number };
  const resource = { 'service.name': 'bot', 'service.instance.id': '1' };
  beforeEach(() => {
    kept = new Kept();
    clock = new FakeClock(start);
    timeline = { ...steadyTimeline };
    intake = new OtlpIntake({ clock, meter: createNoopMeter(), next: kept, promote: ['host.name'], timeline });
  });
  const push = (...metrics: PushedMetric[]) => intake.take({ resources: [{ attributes: resource, metrics }] });

  it('names series as Prometheus does, resource in job and instance, the rest in target_info', () => {
    const attributes = { ...resource, 'service.namespace': 'desk', 'host.name': 'h1', region: 'eu' };
    const result = intake.take({ resources: [{ attributes, metrics: [gauge(0, 3)] }] });
    expect(result).toEqual({ accepted: 1, rejected: 0, message: '' });
    expect(kept.samples).toEqual([
      'bot_open_trades{host_name="h1", instance="1", job="desk/bot"} 0 3',
      'target_info{host_name="h1", instance="1", job="desk/bot", region="eu"} 0 1',
    ]);
  });

  it.each<[string, Record<string, string>, Record<string, string | number | boolean>, string]>([
    [
      'attributes that become one label are joined',
      {},
      { 'a.b': '1', a_b: '2', 'a-b': '3' },
      'a_b="3;1;2", instance="1", job="bot"',
    ],
    [
      'attributes that begin oddly get key_',
      {},
      { '1st': 'x', _own: 'y' },
      'instance="1", job="bot", key_1st="x", key_own="y"',
    ],
    ['numbers and truths become text', {}, { n: 1.5, yes: true }, 'instance="1", job="bot", n="1.5", yes="true"'],
    ['the resource wins over an attribute', {}, { job: 'mine', instance: 'mine' }, 'instance="1", job="bot"'],
    ['a namespace stands before the name', { 'service.namespace': 'desk' }, {}, 'instance="1", job="desk/bot"'],
    ['what is promoted is a label', { 'host.name': 'h' }, {}, 'host_name="h", instance="1", job="bot"'],
    ['an attribute in another script is dropped', {}, { 가격: 'x' }, 'instance="1", job="bot"'],
  ])('labels as upstream does: %s', (_rule, more, attributes, labels) => {
    const metric: PushedMetric = {
      ...{ ...described, name: 'bot.open.trades', kind: 'gauge' },
      points: [{ ...at(0), attributes, value: 3 }],
    };
    intake.take({ resources: [{ attributes: { ...resource, ...more }, metrics: [metric] }] });
    expect(kept.samples[0]).toBe(`bot_open_trades{${labels}} 0 3`);
  });

  it('leaves out job and instance of a resource that has neither, and its target_info', () => {
    intake.take({ resources: [{ attributes: { region: 'eu' }, metrics: [gauge(0, 3)] }] });
    expect(kept.samples).toEqual(['bot_open_trades 0 3']);
  });

  it('makes cumulative buckets of a histogram, quantiles of a summary', () => {
    push(
      {
        ...described,
        name: 'order.duration',
        unit: 's',
        kind: 'histogram',
        temporality: 'cumulative',
        points: [{ ...at(0), count: 6, sum: 4.5, buckets: [3, 2, 1], bounds: [0.1, 1] }],
      },
      {
        ...described,
        name: 'wait',
        kind: 'summary',
        points: [{ ...at(0), count: 2, sum: 3, quantiles: [{ quantile: 0.5, value: 1 }] }],
      },
    );
    expect(kept.samples).toEqual([
      'order_duration_seconds_bucket{instance="1", job="bot", le="0.1"} 0 3',
      'order_duration_seconds_bucket{instance="1", job="bot", le="1"} 0 5',
      'order_duration_seconds_bucket{instance="1", job="bot", le="+Inf"} 0 6',
      'order_duration_seconds_sum{instance="1", job="bot"} 0 4.5',
      'order_duration_seconds_count{instance="1", job="bot"} 0 6',
      'wait{instance="1", job="bot", quantile="0.5"} 0 1',
      'wait_sum{instance="1", job="bot"} 0 3',
      'wait_count{instance="1", job="bot"} 0 2',
    ]);
  });

  it('adds differences up, and takes what is sent twice once', () => {
    push(delta(1000, 5));
    push(delta(2000, 2));
    expect(push(delta(2000, 2))).toMatchObject({ accepted: 1, rejected: 0 });
    push(delta(3000, 1));
    expect(kept.samples.map((sample) => sample.split(' ').slice(-2).join(' '))).toEqual(['1000 5', '2000 7', '3000 8']);
  });

  it('rejects what it cannot keep, by reason and metric, and keeps the rest', () => {
    const result = push(
      gauge(0, 1),
      { ...described, name: 'e', kind: 'exponential_histogram', points: { length: 2 } },
      { ...gauge(0, NaN), name: 'n' },
      { ...delta(0, 1), name: 'u', temporality: 'unspecified' } as PushedMetric,
      { ...gauge(0, 1), name: '' },
      {
        ...described,
        name: 'h',
        kind: 'histogram',
        temporality: 'cumulative',
        points: [{ ...at(0), count: 1, buckets: [1], bounds: [1] }],
      },
      { ...gauge(700_000, 1), name: 'future' },
    );
    expect(result.accepted).toBe(1);
    expect(result.rejected).toBe(7);
    for (const part of ['exponential histograms are not kept yet', '(2: e)', 'no value (1: n)', '(1: (no name))'])
      expect(result.message).toContain(part);
    expect(result.message).toContain('future (1: future)');
  });

  it('rejects what is older than what was taken', () => {
    push(gauge(2000, 1));
    expect(push(gauge(1000, 2))).toMatchObject({ accepted: 0, rejected: 1, message: /older/ });
  });

  it.each([
    ['no_room', 'metrics.memory'],
    ['not_pushed', 'measured here already'],
    ['too_old', 'older than memory'],
  ] as const)('tells the refusal %s of the store', (refusal, text) => {
    kept.refusal = refusal;
    expect(push(gauge(0, 1)).message).toContain(text);
  });

  it('ends a series after 2.5 times its rhythm, at least ten seconds, and begins it anew', async () => {
    for (const ms of [0, 1000, 2000]) {
      push(gauge(ms, 1));
      await clock.advance(1000);
    }
    kept.samples.length = 0;
    const tickAfter = async (ms: number): Promise<void> => {
      await clock.advance(ms);
      intake.accept({ at: clock.now() });
    };
    await tickAfter(9000);
    expect(kept.samples).toEqual([]);
    await tickAfter(1001);
    expect(kept.samples).toEqual(['bot_open_trades{instance="1", job="bot"} 13001 ended']);
    push(gauge(14_000, 5));
    expect(kept.samples.at(-1)).toBe('bot_open_trades{instance="1", job="bot"} 14000 5');
  });

  it('waits two and a half minutes for a series of which it knows one sample', async () => {
    push(gauge(0, 1));
    await clock.advance(150_000);
    intake.accept({ at: clock.now() });
    expect(kept.samples).toHaveLength(1);
    await clock.advance(1000);
    intake.accept({ at: clock.now() });
    expect(kept.samples.at(-1)).toContain('ended');
  });

  it('ends a series whose source says so', () => {
    push(gauge(0, 1));
    push({ ...gauge(1000, NaN), points: [{ ...at(1000), value: NaN, ended: true }] } as PushedMetric);
    expect(kept.samples.at(-1)).toBe('bot_open_trades{instance="1", job="bot"} 1000 ended');
  });

  describe('when ticks stand apart from the wall clock', () => {
    it('moves points along, as their age is what counts, also those of senders that go by the old time', () => {
      clock = new FakeClock(start - 3_600_000);
      intake = new OtlpIntake({ clock, meter: createNoopMeter(), next: kept, promote: [], timeline });
      timeline.aheadMs = 3_600_000;
      expect(push(gauge(-3_601_000, 1))).toMatchObject({ accepted: 1 });
      expect(push(gauge(0, 2))).toMatchObject({ accepted: 1 });
      expect(kept.samples.filter((sample) => sample.startsWith('bot_open_trades'))).toEqual([
        'bot_open_trades{instance="1", job="bot"} -1000 1',
        'bot_open_trades{instance="1", job="bot"} 0 2',
      ]);
    });

    it('takes a point that is sent again once, although it would lie elsewhere now', () => {
      timeline.aheadMs = 60_000;
      push(delta(-60_000, 3));
      timeline.aheadMs = 59_000;
      push(delta(-60_000, 3));
      expect(kept.samples.filter((sample) => sample.startsWith('bot_orders'))).toHaveLength(1);
    });

    it('takes what was there just before ticks jumped along, as old as it was', async () => {
      push(gauge(0, 7));
      await clock.advance(4_000);
      timeline.skippedMs = 3_600_000;
      intake.accept({ at: start + 3_604_000 });
      intake.accept({ at: start + 3_605_000 });
      expect(kept.samples.filter((sample) => sample.startsWith('bot_open_trades'))).toEqual([
        'bot_open_trades{instance="1", job="bot"} 0 7',
        'bot_open_trades{instance="1", job="bot"} 3600000 7',
      ]);
    });
  });
});
