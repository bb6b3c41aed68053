import { accepted, refused } from '@tapewatch/model';
import type { MetricResult } from '@tapewatch/pipeline';
import { beforeEach, describe, expect, it } from 'vitest';
import { EvaluationTurns } from '../graphql/metrics/evaluation-turns.js';
import { FakePipeline } from '../testing/fake-pipeline/fake-pipeline.js';
import type { MetricUpdate } from './metric-feed.js';
import { MetricFeed } from './metric-feed.js';
import { TickQueries } from './tick-queries.js';

const result = (at: number): MetricResult => ({ kind: 'vector', at, series: [], warnings: [], infos: [] });

describe('MetricFeed', () => {
  let pipeline: FakePipeline;
  let evaluated: (number | undefined)[];
  let ended: number;
  beforeEach(() => {
    pipeline = new FakePipeline();
    evaluated = [];
    ended = 0;
  });

  const open = (everyMs: number, evaluate = (at?: number): MetricUpdate => accepted(result(at ?? 0))): MetricFeed =>
    new MetricFeed({
      events: pipeline.events,
      evaluate: (at) => {
        evaluated.push(at);
        return Promise.resolve(evaluate(at));
      },
      everyMs,
      onEnd: () => ended++,
    });
  const nextAt = async (feed: MetricFeed): Promise<number | undefined> => {
    const { value } = await feed.next();
    return value?.ok === true ? value.value.at : undefined;
  };

  it('gives the result as of each tick', async () => {
    const feed = open(1000);
    const first = nextAt(feed);
    pipeline.tick(1000);
    expect(await first).toBe(1000);
    pipeline.tick(2000);
    expect(await nextAt(feed)).toBe(2000);
  });

  it('leaves at least `every` between two results', async () => {
    const feed = open(3000);
    const seen: (number | undefined)[] = [];
    const reading = (async () => {
      while (seen.length < 4) seen.push(await nextAt(feed));
    })();
    for (let at = 1000; at <= 10_000; at += 1000) {
      pipeline.tick(at);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await reading;
    expect(seen).toEqual([1000, 4000, 7000, 10_000]);
    // The first look, without a time, finds out whether the query can be evaluated at all.
    expect(evaluated).toEqual([undefined, 1000, 4000, 7000, 10_000]);
  });

  it('keeps only the newest tick for a slow subscriber, and evaluates nothing meanwhile', async () => {
    const feed = open(1000);
    for (let at = 1000; at <= 5000; at += 1000) pipeline.tick(at);
    expect(await nextAt(feed)).toBe(5000);
    expect(evaluated).toEqual([undefined, 5000]);
  });

  it('tells at once that a query cannot be evaluated, and ends', async () => {
    const feed = open(1000, () => refused('QUERY_INVALID', 'an expression was expected', '1:5'));
    expect(await feed.next()).toMatchObject({ value: { ok: false, refusal: { path: '1:5' } } });
    expect(await feed.next()).toEqual({ value: undefined, done: true });
    expect([pipeline.tickListeners, ended]).toEqual([0, 1]);
  });

  it('goes on when a limit was met once', async () => {
    const feed = open(1000, (at) =>
      at === 1000 ? refused('QUERY_LIMIT', 'too many series') : accepted(result(at ?? 0)),
    );
    pipeline.tick(1000);
    expect(await feed.next()).toMatchObject({ value: { ok: false, refusal: { code: 'QUERY_LIMIT' } } });
    pipeline.tick(2000);
    expect(await nextAt(feed)).toBe(2000);
  });

  it('ends at once, even while it waits', async () => {
    const feed = open(1000);
    const waiting = feed.next();
    await feed.return();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect([pipeline.tickListeners, ended]).toEqual([0, 1]);
  });
});

describe('TickQueries', () => {
  it('evaluates a query once per tick for all who ask', async () => {
    const pipeline = new FakePipeline();
    const queries = new TickQueries(pipeline.read, new EvaluationTurns());
    const first = queries.evaluate('up', 1000);
    expect(queries.evaluate('up', 1000)).toBe(first);
    await queries.evaluate('down', 1000);
    expect(pipeline.metrics.evaluations).toBe(2);
    expect(queries.evaluate('up', 2000)).not.toBe(first);
    expect(await queries.evaluate('up', 1000)).toMatchObject({ value: { at: 1000 } });
    expect(pipeline.metrics.evaluations).toBe(4);
  });

  it('evaluates different queries in different turns of the event loop', async () => {
    const pipeline = new FakePipeline();
    const queries = new TickQueries(pipeline.read, new EvaluationTurns());
    const all = Promise.all(['a', 'b', 'c'].map((query) => queries.evaluate(query, 1000)));
    for (let turn = 0; turn < 10; turn++) {
      const before = pipeline.metrics.evaluations;
      await new Promise((resolve) => setImmediate(resolve));
      expect(pipeline.metrics.evaluations - before).toBeLessThanOrEqual(1);
    }
    expect(await all).toHaveLength(3);
  });
});
