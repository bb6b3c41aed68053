import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleStart } from '../../testing/sample-data.js';
import { eventually } from '../../testing/socket-client.js';
import { bearer, startServer, type RunningServer } from '../../testing/start-server.js';

const iso = (ms: number): string => new Date(ms).toISOString();
const from = iso(sampleStart);

describe('backtestRule', () => {
  let running: RunningServer;
  beforeEach(async () => {
    running = await startServer();
  });
  afterEach(() => running.close());

  const data = async (query: string): Promise<unknown> => {
    const answer = await running.graphql(query);
    expect(answer.errors).toBeUndefined();
    return answer.data;
  };

  it('answers with firings, notifications, totals, faults and what it had to go by', async () => {
    expect(
      await data(`{ backtestRule(rule: "ExchangeFeedStale", from: "${from}", to: "${iso(sampleStart + 60_000)}") {
        ... on Backtest {
          rule from to tookMs
          data { completeness holes { from to } minutesUntil selectors { selector series coverage } }
          outcome {
            rules { group kind query forMs keepFiringForMs intervalMs } recorded
            firings { labels annotations startsAt firedAt endsAt fromStart maxValue minValue flap }
            notifications { at channel receiver status groupLabels sent reason alerts { labels status } }
            totals { evaluations firings firingMs longestMs pendingOnly flaps sent notSent }
            faults { rule reason count firstAt lastAt }
          }
          current { recorded }
          comparison { both }
        } } }`),
    ).toMatchObject({
      backtestRule: {
        ...{ rule: 'ExchangeFeedStale', from, to: iso(sampleStart + 60_000), tookMs: 12.5 },
        data: {
          completeness: 0.9,
          holes: [{ from: iso(sampleStart + 20_000), to: iso(sampleStart + 30_000) }],
          minutesUntil: null,
          selectors: [{ series: 1, coverage: 0.75 }],
        },
        outcome: {
          firings: [
            {
              labels: { alertname: 'ExchangeFeedStale', venue: 'binance' },
              firedAt: iso(sampleStart + 5_000),
              endsAt: null,
              maxValue: null,
              minValue: 5.5,
            },
          ],
          notifications: [
            { channel: 'console', status: 'FIRING', sent: true, reason: null, alerts: [{ status: 'FIRING' }] },
            { channel: '', receiver: 'nobody', sent: false, reason: 'no_channel' },
          ],
          totals: { evaluations: 60, firings: 1, pendingOnly: 2, sent: 1, notSent: 1 },
          faults: [{ reason: 'boom', count: 2, lastAt: iso(sampleStart + 1_000) }],
        },
        ...{ current: null, comparison: null },
      },
    });
    expect(running.pipeline.told).toEqual([
      {
        ...{ what: 'backtest', rule: 'ExchangeFeedStale', from: sampleStart, to: sampleStart + 60_000 },
        ...{ flapWithinMs: 300_000, withSilences: false },
      },
    ]);
  });

  it('takes a rule file as text, until now', async () => {
    await data(
      `{ backtestRule(text: "groups: []", file: "a.yaml", from: "${from}", flapWithin: "10s") { __typename } }`,
    );
    expect(running.pipeline.told).toMatchObject([
      { file: { name: 'a.yaml', text: 'groups: []' }, from: sampleStart, flapWithinMs: 10_000 },
    ]);
    const [{ to }] = running.pipeline.told as [{ to: number }];
    expect(to).toBeGreaterThan(sampleStart);
  });

  it.each([
    ['rule: "Nobody"', { __typename: 'NotFound', code: 'NOT_FOUND' }],
    ['text: "broken"', { __typename: 'InvalidInput', message: 'text:1:1: not a mapping', path: 'text' }],
  ])('says what is wrong with %s', async (args, expected) => {
    const answer = await running.graphql(
      `{ backtestRule(${args}, from: "${from}") { __typename ... on Problem { code message } ... on InvalidInput { path } } }`,
    );
    expect(answer.data).toMatchObject({ backtestRule: expected });
  });

  it('cuts a backtest short when whoever asked has gone', async () => {
    const gone = new AbortController();
    const asked = running.fetch('/graphql', {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ backtestRule(rule: "endless", from: "${from}") { __typename } }` }),
      signal: gone.signal,
    });
    asked.catch(() => undefined);
    await eventually(() => running.pipeline.backtests.signals.length === 1);
    expect(running.pipeline.backtests.signals[0]?.aborted).toBe(false);
    gone.abort();
    await expect(asked).rejects.toThrow();
    await eventually(() => running.pipeline.backtests.signals[0]?.aborted === true);
  });

  it('tells how far the one is that runs', async () => {
    const query = '{ backtestProgress { rule from to startedAt share } }';
    expect(await data(query)).toEqual({ backtestProgress: null });
    running.pipeline.backtests.progress = {
      ...{ rule: 'A', from: sampleStart, to: sampleStart + 1_000 },
      ...{ startedAt: sampleStart + 2_000, share: 0.5 },
    };
    expect(await data(query)).toEqual({
      backtestProgress: {
        ...{ rule: 'A', from, to: iso(sampleStart + 1_000) },
        ...{ startedAt: iso(sampleStart + 2_000), share: 0.5 },
      },
    });
  });
});
