// Exchanges, their feeds and their markets.
import { choice, dashboard, figure, lines, query, row, states, table, wordList, words } from './panels.mjs';

const on = 'exchange=~"$exchange", instance=~"$instance"';
const of = `symbol=~"$symbol", ${on}`;
const perSecond = (metric, labels = on) => `rate(${metric}{${labels}}[$__rate_interval])`;
/** For what happens every few seconds only, such as polls. */
const overAMinute = (metric, labels = on) => `rate(${metric}{${labels}}[1m])`;
const inAnHour = (metric, labels = on) => `increase(${metric}{${labels}}[1h])`;
const quantile = (q, metric, by) => `histogram_quantile(${q}, sum by (le, ${by}) (${overAMinute(`${metric}_bucket`)}))`;
const basisPoints = 'suffix: bp';
const mid = `((exchange_ticker_bid{${of}} + exchange_ticker_ask{${of}}) / 2)`;

/** The states of a feed as numbers, so that one line shows which holds. */
const feedStates = ['live', 'quiet', 'stuck', 'cut_off'];
const feedState = feedStates
  .map((state, i) => `${i} * (exchange_feed_state{state="${state}", ${on}} == 1)`)
  .map((expr) => `sum without (state) (${expr})`)
  .join(' or ');

const status = row('Status', [
  figure('Exchanges', [query(`exchange_connected{${on}}`, '{{exchange}}')], {
    width: 8,
    mappings: words('DOWN', 'UP'),
    thresholds: [
      [null, 'red'],
      [1, 'green'],
    ],
    description: 'REST answered lately and every feed is fresh.',
  }),
  figure(
    'Alerts firing',
    [query('sum by (severity) (alert_active{state="firing", instance=~"$instance"})', '{{severity}}')],
    {
      width: 8,
      decimals: 0,
      thresholds: [
        [null, 'green'],
        [1, 'red'],
      ],
    },
  ),
  figure(
    'Stale symbols',
    [query(`count(exchange_ticker_age_seconds{${of}} > 60) or vector(0)`, 'older than a minute')],
    {
      thresholds: [
        [null, 'green'],
        [1, 'orange'],
      ],
    },
  ),
  figure('Stalls in an hour', [query(`sum(${inAnHour('exchange_feed_stalls_total')})`, 'connections dropped')], {
    decimals: 0,
    thresholds: [
      [null, 'green'],
      [1, 'orange'],
      [5, 'red'],
    ],
  }),
  states('Transports', [query(`exchange_up{${on}}`, '{{exchange}} {{transport}}')], {
    width: 12,
    height: 6,
    mappings: words('down', 'up'),
    thresholds: [
      [null, 'red'],
      [1, 'green'],
    ],
  }),
  states('Feeds', [query(feedState, '{{exchange}} {{feed}}')], {
    width: 12,
    height: 6,
    mappings: wordList([
      ['live', 'green'],
      ['quiet', 'yellow'],
      ['stuck', 'orange'],
      ['cut off', 'red'],
    ]),
    description: 'Live, quiet (late but not yet stale), stuck (open and silent) or cut off.',
  }),
]);

const market = row('Market', [
  table(
    'Tickers',
    [
      query(`exchange_ticker_last{${of}}`),
      query(`exchange_ticker_bid{${of}}`),
      query(`exchange_ticker_ask{${of}}`),
      query(`exchange_ticker_spread_ratio{${of}} * 1e4`),
      query(`100 * (exchange_ticker_last{${of}} / exchange_ticker_last{${of}} offset 5m - 1)`),
      query(`exchange_ticker_volume_quote{${of}}`),
      query(`exchange_ticker_age_seconds{${of}}`),
    ],
    {
      width: 24,
      height: 9,
      by: ['exchange', 'symbol'],
      columns: [
        { name: 'Last', unit: 'none' },
        { name: 'Bid', unit: 'none' },
        { name: 'Ask', unit: 'none' },
        { name: 'Spread', unit: basisPoints, decimals: 2 },
        {
          name: '5 min',
          unit: 'percent',
          decimals: 2,
          thresholds: [
            [null, 'red'],
            [0, 'green'],
          ],
        },
        { name: 'Volume 24 h', unit: 'short' },
        {
          name: 'Age',
          unit: 's',
          thresholds: [
            [null, 'green'],
            [10, 'orange'],
            [60, 'red'],
          ],
        },
      ],
    },
  ),
  lines('Price', [query(`exchange_ticker_last{${of}}`, '{{symbol}} {{exchange}}')], {
    unit: 'none',
    log: true,
    description: 'The last trade, on a logarithmic axis. Choose one symbol for its own scale.',
  }),
  lines(
    'Change in 5 minutes',
    [
      query(
        `100 * (exchange_ticker_last{${of}} / exchange_ticker_last{${of}} offset 5m - 1)`,
        '{{symbol}} {{exchange}}',
      ),
    ],
    { unit: 'percent' },
  ),
  lines('Spread', [query(`exchange_ticker_spread_ratio{${of}} * 1e4`, '{{symbol}} {{exchange}}')], {
    unit: basisPoints,
    min: 0,
  }),
  lines(
    'Between exchanges',
    [
      query(
        `1e4 * (max by (symbol) (${mid}) / min by (symbol) (${mid}) - 1) and on (symbol) (count by (symbol) (${mid}) > 1)`,
        '{{symbol}}',
      ),
    ],
    {
      unit: basisPoints,
      min: 0,
      description: 'How far the mids of a symbol lie apart, when more than one exchange has it.',
    },
  ),
  lines('Volume in 24 hours', [query(`topk(10, exchange_ticker_volume_quote{${of}})`, '{{symbol}} {{exchange}}')], {
    min: 0,
    description: 'In the quote currency; the ten greatest.',
  }),
  lines('Age of tickers', [query(`topk(10, exchange_ticker_age_seconds{${of}})`, '{{symbol}} {{exchange}}')], {
    unit: 's',
    min: 0,
    description: 'Time since the last valid ticker; the ten oldest.',
    thresholds: [
      [null, 'green'],
      [60, 'red'],
    ],
  }),
]);

const feeds = row('Feeds', [
  lines(
    'Age of feeds',
    [
      query(`exchange_feed_age_seconds{${on}}`, '{{exchange}} {{feed}}'),
      query(`exchange_feed_stale_after_seconds{${on}}`, 'stale after, {{exchange}} {{feed}}'),
    ],
    { unit: 's', min: 0, dashed: '^stale after' },
  ),
  lines(
    'Messages',
    [query(`sum by (exchange, feed) (${perSecond('exchange_feed_messages_total')})`, '{{exchange}} {{feed}}')],
    { unit: 'cps', min: 0 },
  ),
  lines(
    'WebSocket connections',
    [
      query(
        `sum by (exchange) (${inAnHour('exchange_ws_connects_total', `error_type="", ${on}`)})`,
        'made, {{exchange}}',
      ),
      query(
        `sum by (exchange, error_type) (${inAnHour('exchange_ws_connects_total', `error_type!="", ${on}`)})`,
        'failed, {{exchange}} {{error_type}}',
      ),
      query(
        `sum by (exchange, close_code) (${inAnHour('exchange_ws_disconnects_total')})`,
        'lost, {{exchange}} {{close_code}}',
      ),
    ],
    { min: 0, decimals: 0, description: 'In the hour before each time.' },
  ),
  lines(
    'Tickers refused',
    [query(`sum by (exchange, reason) (${perSecond('exchange_ticker_invalid_total')})`, '{{exchange}} {{reason}}')],
    { unit: 'cps', min: 0, width: 24, height: 6, description: 'Because their values cannot be true.' },
  ),
]);

const requests = row('Requests to exchanges', [
  lines(
    'Latency',
    [0.5, 0.95, 0.99].map((q) =>
      query(quantile(q, 'exchange_request_duration_seconds', 'exchange'), `p${q * 100} {{exchange}}`),
    ),
    { unit: 's', min: 0 },
  ),
  lines(
    'Latency by operation',
    [
      query(
        quantile(0.95, 'exchange_request_duration_seconds', 'exchange, operation'),
        'p95 {{exchange}} {{operation}}',
      ),
    ],
    { unit: 's', min: 0 },
  ),
  lines(
    'Requests and failures',
    [
      query(
        `sum by (exchange, operation) (${overAMinute('exchange_request_duration_seconds_count')})`,
        '{{exchange}} {{operation}}',
      ),
      query(
        `sum by (exchange, error_type) (${overAMinute('exchange_request_errors_total')})`,
        'failed, {{exchange}} {{error_type}}',
      ),
    ],
    { unit: 'reqps', min: 0, dashed: '^failed' },
  ),
  lines('Rate limit in use', [query(`exchange_rate_limit_used{${on}}`, '{{exchange}} {{window}}')], {
    min: 0,
    description: "Weight used in the venue's current window, as its last answer told.",
  }),
  lines(
    'Waiting for the own rate limiter',
    [query(quantile(0.95, 'exchange_throttle_duration_seconds', 'exchange'), 'p95 {{exchange}}')],
    { unit: 's', min: 0 },
  ),
  lines(
    'Clock offset',
    [
      query(`exchange_clock_offset_seconds{${on}}`, '{{exchange}}'),
      query(
        `exchange_clock_offset_seconds{${on}} + exchange_clock_uncertainty_seconds{${on}}`,
        'at most, {{exchange}}',
      ),
      query(
        `exchange_clock_offset_seconds{${on}} - exchange_clock_uncertainty_seconds{${on}}`,
        'at least, {{exchange}}',
      ),
    ],
    { unit: 's', dashed: '^at (most|least)', description: "The venue's clock minus ours." },
  ),
]);

export const trading = dashboard({
  name: 'trading',
  title: 'Tapewatch: trading',
  description: 'Exchanges, their feeds and their markets.',
  choices: [
    choice('instance', 'Instance', 'tapewatch_series', 'instance'),
    choice('exchange', 'Exchange', 'exchange_up{instance=~"$instance"}', 'exchange'),
    choice('symbol', 'Symbol', 'exchange_ticker_last{exchange=~"$exchange"}', 'symbol'),
  ],
  rows: [status, market, feeds, requests],
});
