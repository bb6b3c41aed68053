import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelName, metricName } from './prometheus-name.js';
import type { NamedKind } from './prometheus-name.js';

describe('metricName', () => {
  // Every row of the metric table of this program, as its rules spell them.
  it.each<[string, string, NamedKind, string]>([
    ['exchange.up', '{state}', 'gauge', 'exchange_up'],
    ['exchange.connected', '{state}', 'gauge', 'exchange_connected'],
    ['exchange.request.duration', 's', 'other', 'exchange_request_duration_seconds'],
    ['exchange.request.errors', '{error}', 'counter', 'exchange_request_errors_total'],
    ['exchange.throttle.duration', 's', 'other', 'exchange_throttle_duration_seconds'],
    ['exchange.rate_limit.used', '{weight}', 'gauge', 'exchange_rate_limit_used'],
    ['exchange.rate_limit.utilization', '1', 'gauge', 'exchange_rate_limit_utilization_ratio'],
    ['exchange.clock.offset', 's', 'gauge', 'exchange_clock_offset_seconds'],
    ['exchange.feed.age', 's', 'gauge', 'exchange_feed_age_seconds'],
    ['exchange.feed.messages', '{message}', 'counter', 'exchange_feed_messages_total'],
    ['exchange.ws.connects', '{connection}', 'counter', 'exchange_ws_connects_total'],
    ['exchange.ticker.last', '{quote}', 'gauge', 'exchange_ticker_last'],
    ['exchange.ticker.spread', '1', 'gauge', 'exchange_ticker_spread_ratio'],
    ['exchange.ticker.volume.base', '{base}', 'gauge', 'exchange_ticker_volume_base'],
    ['exchange.ticker.age', 's', 'gauge', 'exchange_ticker_age_seconds'],
    ['exchange.book.imbalance', '1', 'gauge', 'exchange_book_imbalance_ratio'],
    ['exchange.divergence', '1', 'gauge', 'exchange_divergence_ratio'],
    ['exchange.funding.rate', '1', 'gauge', 'exchange_funding_rate_ratio'],
    ['health_check.status', '{state}', 'gauge', 'health_check_status'],
    ['health_check.duration', 's', 'other', 'health_check_duration_seconds'],
    ['portfolio.pnl.realized', '{currency}', 'gauge', 'portfolio_pnl_realized'],
    ['portfolio.drawdown', '1', 'gauge', 'portfolio_drawdown_ratio'],
    ['portfolio.value_at_risk', '1', 'gauge', 'portfolio_value_at_risk_ratio'],
    ['alert.active', '{alert}', 'gauge', 'alert_active'],
    ['notification.count', '{notification}', 'counter', 'notification_count_total'],
    ['plugin.memory', 'By', 'gauge', 'plugin_memory_bytes'],
    ['tapewatch.tick.lag', 's', 'other', 'tapewatch_tick_lag_seconds'],
    ['tapewatch.tick.missed', '{tick}', 'counter', 'tapewatch_tick_missed_total'],
    ['tapewatch.series', '{series}', 'gauge', 'tapewatch_series'],
    ['tapewatch.samples', '{sample}', 'counter', 'tapewatch_samples_total'],
    ['tapewatch.series.overflows', '{overflow}', 'counter', 'tapewatch_series_overflows_total'],
    ['tapewatch.export.points', '{point}', 'counter', 'tapewatch_export_points_total'],
  ])('%s (%s, %s) is %s', (name, unit, kind, expected) => {
    expect(metricName(name, unit, kind)).toBe(expected);
  });

  it.each<[string, string, NamedKind, string]>([
    ['system.cpu.time', 's', 'counter', 'system_cpu_time_seconds_total'],
    ['system.memory.usage', 'By', 'other', 'system_memory_usage_bytes'],
    ['system.cpu.utilization', '1', 'gauge', 'system_cpu_utilization_ratio'],
    ['http.server.request.duration', 's', 'other', 'http_server_request_duration_seconds'],
    ['requests', '1', 'counter', 'requests_total'],
    ['balance', '1', 'other', 'balance'],
    ['requests.total', '', 'counter', 'requests_total'],
    ['total.requests', '', 'counter', 'requests_total'],
    ['hit.ratio.of.cache', '1', 'gauge', 'hit_of_cache_ratio'],
    ['wait.seconds', 's', 'gauge', 'wait_seconds'],
    ['throughput', 'By/s', 'gauge', 'throughput_bytes_per_second'],
    ['rate', '{request}/s', 'gauge', 'rate_per_second'],
    ['rate', 's/{request}', 'gauge', 'rate_seconds'],
    ['speed', 'm/m', 'gauge', 'speed_meters_per_minute'],
    ['odd', 'foo bar', 'gauge', 'odd_foo_bar'],
    ['a__b..c', '', 'gauge', 'a_b_c'],
    ['rule:recorded', '', 'gauge', 'rule:recorded'],
    ['5xx.count', '', 'gauge', '_5xx_count'],
    ['größe', '', 'gauge', 'gr_e'],
    ['___', '', 'gauge', ''],
  ])('%s (%s, %s) is %s, as upstream has it', (name, unit, kind, expected) => {
    expect(metricName(name, unit, kind)).toBe(expected);
  });

  it('gives only names that Prometheus takes, whatever comes', () => {
    const kind = fc.constantFrom<NamedKind>('counter', 'gauge', 'other');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), kind, (name, unit, of) => {
        expect(metricName(name, unit, of)).toMatch(/^(?:[a-zA-Z_:][a-zA-Z0-9_:]*)?$/);
      }),
    );
  });
});

/** What upstream's documentation and its tables of units promise, one row a rule. */
describe('metricName by rule', () => {
  it.each([
    ['d', 'days'],
    ['h', 'hours'],
    ['min', 'minutes'],
    ['s', 'seconds'],
    ['ms', 'milliseconds'],
    ['us', 'microseconds'],
    ['ns', 'nanoseconds'],
    ['By', 'bytes'],
    ['KiBy', 'kibibytes'],
    ['MiBy', 'mebibytes'],
    ['GiBy', 'gibibytes'],
    ['TiBy', 'tibibytes'],
    ['KBy', 'kilobytes'],
    ['MBy', 'megabytes'],
    ['GBy', 'gigabytes'],
    ['TBy', 'terabytes'],
    ['m', 'meters'],
    ['V', 'volts'],
    ['A', 'amperes'],
    ['J', 'joules'],
    ['W', 'watts'],
    ['g', 'grams'],
    ['Cel', 'celsius'],
    ['Hz', 'hertz'],
    ['%', 'percent'],
  ])('spells the unit %s as %s', (unit, word) => {
    expect(metricName('x', unit, 'gauge')).toBe(`x_${word}`);
    expect(metricName('x', unit, 'counter')).toBe(`x_${word}_total`);
    // Not twice where the name has it.
    expect(metricName(`x.${word}`, unit, 'gauge')).toBe(`x_${word}`);
  });

  it.each([
    ['s', 'second'],
    ['m', 'minute'],
    ['h', 'hour'],
    ['d', 'day'],
    ['w', 'week'],
    ['mo', 'month'],
    ['y', 'year'],
  ])('spells per %s as per_%s', (unit, word) => {
    expect(metricName('x', `By/${unit}`, 'gauge')).toBe(`x_bytes_per_${word}`);
    expect(metricName('x', `{request}/${unit}`, 'gauge')).toBe(`x_per_${word}`);
    expect(metricName('x', `/${unit}`, 'gauge')).toBe(`x_per_${word}`);
  });

  it.each<[string, string, string, NamedKind, string]>([
    ['a unit of its own stays as it is', 'x', 'fathoms', 'gauge', 'x_fathoms'],
    ['blanks around the unit do not count', 'x', ' By / s ', 'gauge', 'x_bytes_per_second'],
    ['an annotation is no unit', 'x', '{packet}', 'counter', 'x_total'],
    ['a unit that holds an annotation is none', 'x', 'By{transmitted}', 'gauge', 'x'],
    ['an annotation after the slash is dropped', 'x', 'By/{op}', 'gauge', 'x_bytes'],
    ['1 is a ratio for a gauge', 'x', '1', 'gauge', 'x_ratio'],
    ['1 is nothing for a counter', 'x', '1', 'counter', 'x_total'],
    ['1 is nothing for a histogram', 'x', '1', 'other', 'x'],
    ['a ratio is not said twice', 'x.ratio', '1', 'gauge', 'x_ratio'],
    ['total goes to the end', 'x.total.time', 's', 'counter', 'x_time_seconds_total'],
    ['total stays where nothing counts up', 'x.total', 's', 'gauge', 'x_total_seconds'],
    ['runs of other characters are one _', 'a..b--c d', '', 'gauge', 'a_b_c_d'],
    ['_ at the ends falls away', '_x_', '', 'gauge', 'x'],
    ['two _ become one', 'a__b', '', 'gauge', 'a_b'],
    ['colons stay', 'job:x:rate', '', 'gauge', 'job:x:rate'],
    ['a leading digit gets a _', '2xx', '', 'counter', '_2xx_total'],
    ['letters of other scripts are replaced', 'prix.élevé', '', 'gauge', 'prix_lev'],
    ['a name in another script alone is nothing', '가격', '', 'gauge', ''],
  ])('%s', (_rule, name, unit, kind, expected) => {
    expect(metricName(name, unit, kind)).toBe(expected);
  });
});

describe('labelName', () => {
  it.each([
    ['http.request.method', 'http_request_method'],
    ['exchange', 'exchange'],
    ['a-b/c', 'a_b_c'],
    ['1st', 'key_1st'],
    ['_private', 'key_private'],
    ['.hidden', 'key_hidden'],
    ['__reserved__', '__reserved__'],
    ['日本', ''],
    ['日本a', '__a'],
    ['a.b.c', 'a_b_c'],
    ['a:b', 'a_b'],
    ['a__b', 'a__b'],
    ['9', 'key_9'],
    ['😀.x', '__x'],
    ['', ''],
  ])('%s is %s', (attribute, expected) => {
    expect(labelName(attribute)).toBe(expected);
  });

  it('gives only labels that Prometheus takes, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (attribute) => {
        expect(labelName(attribute)).toMatch(/^(?:[a-zA-Z_][a-zA-Z0-9_]*)?$/);
      }),
    );
  });
});
