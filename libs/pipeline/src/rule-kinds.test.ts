import { FakeClock } from '@tapewatch/model/testing';
import type { RuleDefinition } from '@tapewatch/plugin-sdk';
import { testRules } from '@tapewatch/rules';
import { describe, expect, it } from 'vitest';
import { bundledPlugins } from './bundled-plugins.js';

const kinds = new Map(
  bundledPlugins.flatMap(({ provides }) =>
    provides.filter((one): one is RuleDefinition => one.kind === 'rule').map((one) => [one.type, one] as const),
  ),
);

/** One rule of ours, alone in its file. */
type RuleText = Readonly<Record<string, unknown>>;
type Series = Readonly<Record<string, string>>;
/** By second, what fires then: the labels of each alert without its name. */
type Expected = Readonly<Record<number, readonly Readonly<Record<string, string>>[]>>;

/** Runs a rule over series in Prometheus' notation, a sample and an evaluation a second, through the real loader and engine. */
async function firing(rule: RuleText, series: Series, expected: Expected): Promise<void> {
  const files: Readonly<Record<string, string>> = {
    'rules.yaml': JSON.stringify({ rules: [{ name: 'A', ...rule }] }),
    'test.yaml': JSON.stringify({
      rule_files: ['rules.yaml'],
      evaluation_interval: '1s',
      tests: [
        {
          interval: '1s',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          alert_rule_test: Object.entries(expected).map(([second, alerts]) => ({
            eval_time: `${second}s`,
            alertname: 'A',
            exp_alerts: alerts.map((labels) => ({ exp_labels: labels })),
          })),
        },
      ],
    }),
  };
  const result = await testRules('test.yaml', {
    kinds: (type) => kinds.get(type),
    readFile: (file) => Promise.resolve(files[file] ?? ''),
    findFiles: (pattern) => Promise.resolve([pattern]),
    clock: new FakeClock(0),
  });
  expect(result.problems).toEqual([]);
  expect(result.tests.flatMap(({ failures }) => failures)).toEqual([]);
}

describe('threshold', () => {
  it('has a warning, a critical that supersedes it, and another threshold to clear each', () =>
    firing(
      { type: 'threshold', metric: 'm', warning: { above: 10, clear: 8 }, critical: { above: 20, clear: 15 } },
      { m: '5 11 9 25 16 9 8' },
      {
        0: [],
        1: [{ severity: 'warning' }],
        2: [{ severity: 'warning' }],
        3: [{ severity: 'critical' }],
        4: [{ severity: 'critical' }],
        // 9 is no new warning, as it is not above 10.
        5: [],
        6: [],
      },
    ));

  it('counts evaluations beyond the threshold, and a missing one is none', () =>
    firing(
      { type: 'threshold', metric: 'm', above: 10, matches: { times: 3, of: 5 } },
      { 'm{a="x"}': '11 5 11 5 11 5 5 5 5', 'm{a="y"}': '11 stale 11 stale 11 stale stale stale stale' },
      {
        3: [],
        4: [{ a: 'x' }, { a: 'y' }],
        5: [],
      },
    ));

  it('joins series', () =>
    firing(
      { type: 'threshold', metric: 'm', by: ['a'], aggregate: 'max', over: '2s', below: 3 },
      { 'm{a="x", b="1"}': '2 2 2', 'm{a="x", b="2"}': '5 2 2', 'm{a="y", b="1"}': '9 9 9' },
      { 1: [], 2: [{ a: 'x' }] },
    ));
});

describe('absence', () => {
  it('tells of each series that was there and is gone, for as long as it is remembered', () =>
    firing(
      { type: 'absence', metric: 'm', within: '3s', remembered: '10s' },
      { 'm{a="x"}': '1 1 1 _x20', 'm{a="y"}': '1x30', 'm{a="z"}': '1 stale _x20' },
      {
        2: [],
        3: [{ a: 'z' }],
        5: [{ a: 'x' }, { a: 'z' }],
        9: [{ a: 'x' }, { a: 'z' }],
        11: [{ a: 'x' }],
        12: [],
      },
    ));

  it('misses only what has no series left, by labels', () =>
    firing(
      { type: 'absence', metric: 'm', by: ['a'], within: '2s', remembered: '10s' },
      { 'm{a="x", b="1"}': '1 _x9', 'm{a="x", b="2"}': '1 1 1 1 _x9' },
      { 3: [], 5: [{ a: 'x' }] },
    ));

  it('misses what has never been there, and then what is gone by all of its labels', () =>
    firing(
      { type: 'absence', metric: 'm', within: '2s', remembered: '10s', expected: [{ a: 'x' }] },
      { 'm{a="x", b="1"}': '_ _ 1 1 _x9', 'm{a="y"}': '1x14' },
      {
        0: [{ a: 'x' }],
        1: [{ a: 'x' }],
        2: [],
        5: [{ a: 'x', b: '1' }],
        13: [{ a: 'x' }],
      },
    ));
});

describe('divergence', () => {
  const age = (exchange: string, symbol: string, values: string): Series => ({
    [`exchange_ticker_age_seconds{exchange="${exchange}", symbol="${symbol}"}`]: values,
  });
  const last = (exchange: string, symbol: string, values: string): Series => ({
    [`exchange_ticker_last{exchange="${exchange}", symbol="${symbol}"}`]: values,
  });

  it('tells of a symbol whose prices differ, while both sides are fresh', () =>
    firing(
      { type: 'divergence', above: 0.02, clear: 0.01 },
      {
        ...last('a', 'BTC/USDT', '100 100 100 100 100 100'),
        ...last('b', 'BTC/USDT', '101 103 101.5 103 103 100.5'),
        ...age('a', 'BTC/USDT', '1 1 1 1 1 1'),
        ...age('b', 'BTC/USDT', '1 1 1 11 1 1'),
      },
      {
        0: [],
        1: [{ symbol: 'BTC/USDT' }],
        2: [{ symbol: 'BTC/USDT' }],
        3: [],
        4: [{ symbol: 'BTC/USDT' }],
        5: [],
      },
    ));

  it('never compares USD, USDT, USDC and KRW', () =>
    firing(
      { type: 'divergence', above: 0.02 },
      Object.assign(
        {},
        ...['USD', 'USDT', 'USDC', 'KRW'].map((quote, i) => ({
          ...last(`venue${i}`, `BTC/${quote}`, String(100 * 10 ** i)),
          ...age(`venue${i}`, `BTC/${quote}`, '0'),
        })),
      ) as Series,
      { 0: [] },
    ));

  it('is not fooled by two accounts at one venue', () =>
    firing(
      { type: 'divergence', metric: 'price', above: 0.02 },
      {
        'price{exchange="a", symbol="S", account="1"}': '100',
        'price{exchange="a", symbol="S", account="2"}': '110',
      },
      { 0: [] },
    ));

  it('names the venue that is off when it compares with the median', () =>
    firing(
      { type: 'divergence', metric: 'price', compare: 'median', above: 0.02 },
      {
        'price{exchange="a", symbol="S"}': '100 100',
        'price{exchange="b", symbol="S"}': '100.1 100.1',
        'price{exchange="c", symbol="S"}': '90 90',
        'price{exchange="a", symbol="T"}': '1 1',
        'price{exchange="b", symbol="T"}': '2 2',
      },
      { 0: [{ exchange: 'c', symbol: 'S' }] },
    ));

  it('takes the time of the newest sample where nothing tells the age', () =>
    firing(
      { type: 'divergence', metric: 'price', above: 0.02, fresh_within: '3s' },
      { 'price{exchange="a", symbol="S"}': '100x9', 'price{exchange="b", symbol="S"}': '110 110 _x9' },
      { 4: [{ symbol: 'S' }], 5: [] },
    ));
});

describe('anomaly', () => {
  const noisy = Array.from({ length: 60 }, (_, i) => 100 + (i % 3)).join(' ');

  for (const method of ['zscore', 'mad'])
    it(`tells of a value far from the usual one, either way (${method})`, () =>
      firing(
        { type: 'anomaly', metric: 'm', window: '1m', above: 6, method },
        { 'm{a="up"}': `${noisy} 130 101`, 'm{a="down"}': `${noisy} 70 101`, 'm{a="same"}': `${noisy} 103 101` },
        { 59: [], 60: [{ a: 'up' }, { a: 'down' }] },
      ));

  it('is not hidden by an outlier in the window when it goes by the median', () =>
    firing(
      { type: 'anomaly', metric: 'm', window: '1m', above: 6, method: 'mad' },
      { m: `${noisy} 1000 101 130` },
      { 60: [{}], 61: [], 62: [{}] },
    ));

  it('stays quiet over a flat series that twitches, and over one that was always zero', () =>
    firing(
      { type: 'anomaly', metric: 'm', window: '1m', above: 4, min_samples: 10 },
      { 'm{a="flat"}': '100x30 100.2', 'm{a="zero"}': '0x30 0.0001', 'm{a="jump"}': '100x30 101' },
      { 31: [{ a: 'jump' }] },
    ));

  it('stays quiet until it knows enough', () =>
    firing(
      { type: 'anomaly', metric: 'm', window: '1m', above: 4, min_samples: 30 },
      { 'm{a="new"}': '_x15 100x14 500', 'm{a="old"}': '100x29 500' },
      { 30: [{ a: 'old' }] },
    ));

  it('knows which way counts, and counters', () =>
    firing(
      {
        type: 'anomaly',
        metric: 'c_total',
        rate: '5s',
        by: ['a'],
        window: '1m',
        direction: 'down',
        above: 4,
        min_deviation: 0.1,
      },
      { 'c_total{a="x"}': '0+10x60 600x10', 'c_total{a="y"}': '0+10x60 700+20x10' },
      { 59: [], 66: [{ a: 'x' }] },
    ));
});

describe('slo', () => {
  const rule = {
    type: 'slo',
    objective: 99,
    period: '12h',
    errors: 'sum by (job) (rate(errors_total[$window]))',
    total: 'sum by (job) (rate(all_total[$window]))',
  };

  it('pages while the budget burns fast, over the long window and still', () =>
    firing(
      rule,
      { 'all_total{job="j"}': '0+10x600', 'errors_total{job="j"}': '0x100 2+2x60 122x440' },
      {
        100: [],
        // 20% of errors are 20 times the budget; 72% of the minute must be bad for 14.4.
        130: [{ job: 'j', severity: 'warning' }],
        150: [{ job: 'j', severity: 'critical' }],
        160: [{ job: 'j', severity: 'critical' }],
        // It has stopped: the short windows see it first.
        320: [{ job: 'j', severity: 'warning' }],
        600: [],
      },
    ));

  it('sees an outage in which nothing has ever been good', () =>
    firing(
      {
        type: 'slo',
        objective: 99,
        period: '12h',
        good: 'rate(good_total[$window])',
        total: 'rate(all_total[$window])',
      },
      { all_total: '0+10x60' },
      { 60: [{ severity: 'critical' }] },
    ));
});
