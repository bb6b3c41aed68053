// What Tapewatch does with what it measures: ticks, export, rules, notifications, plugins.
import { choice, dashboard, figure, lines, query, row, states, wordList } from './panels.mjs';

const at = 'instance=~"$instance"';
const perSecond = (metric, labels = at) => `rate(${metric}{${labels}}[$__rate_interval])`;
/** For what happens every few seconds only. */
const overAMinute = (metric) => `rate(${metric}{${at}}[1m])`;
const inAnHour = (metric, labels = at) => `increase(${metric}{${labels}}[1h])`;
const quantiles = (metric) =>
  [0.5, 0.99].map((q) =>
    query(`histogram_quantile(${q}, sum by (le) (${overAMinute(`${metric}_bucket`)}))`, `p${q * 100}`),
  );

const none = [
  [null, 'green'],
  [1, 'red'],
];

const overview = row('At a glance', [
  figure('Series', [query(`tapewatch_series{${at}}`, '{{instance}}')], { graph: true }),
  figure('Samples', [query(`sum by (instance) (${perSecond('tapewatch_samples_total')})`, '{{instance}}')], {
    unit: 'cps',
    graph: true,
  }),
  figure('Ticks missed in an hour', [query(`sum(${inAnHour('tapewatch_tick_missed_total')})`, 'missed')], {
    decimals: 0,
    thresholds: none,
  }),
  figure(
    'Points not shipped in an hour',
    [query(`sum(${inAnHour('tapewatch_export_points_total', `outcome!="sent", ${at}`)})`, 'dropped or rejected')],
    { decimals: 0, thresholds: none },
  ),
  figure(
    'Evaluations failed in an hour',
    [query(`sum(${inAnHour('tapewatch_rule_evaluation_failures_total')})`, 'failed')],
    { decimals: 0, thresholds: none },
  ),
  figure('Errors nobody caught', [query(`sum(${inAnHour('tapewatch_stray_errors_total')})`, 'in an hour')], {
    decimals: 0,
    thresholds: none,
  }),
]);

const ticks = row('Ticks', [
  lines('Lag', quantiles('tapewatch_tick_lag_seconds'), {
    unit: 's',
    min: 0,
    description: 'Time from a tick being due to its start.',
  }),
  lines('Duration', quantiles('tapewatch_tick_duration_seconds'), {
    unit: 's',
    min: 0,
    description:
      'Time from the start of a tick until every stage has taken its collection. A tick that takes a second costs the next.',
    thresholds: [
      [null, 'green'],
      [1, 'red'],
    ],
  }),
  lines(
    'Series that found no place',
    [
      query(`sum(${perSecond('tapewatch_series_overflows_total')})`, 'instruments over their cardinality limit'),
      query(`sum(${perSecond('tapewatch_series_refused_total')})`, 'series refused by the memory budget'),
    ],
    { unit: 'cps', min: 0 },
  ),
  lines(
    'How far memory reaches back',
    [
      query(`tapewatch_memory_retention_seconds{${at}}`, 'now {{instance}}'),
      query(`tapewatch_memory_retention_wanted_seconds{${at}}`, 'wanted {{instance}}'),
    ],
    { unit: 's', min: 0, dashed: '^wanted' },
  ),
  lines(
    'Export',
    [
      query(
        `sum by (destination, outcome) (${perSecond('tapewatch_export_points_total')})`,
        '{{destination}} {{outcome}}',
      ),
    ],
    { unit: 'cps', min: 0, description: 'Points by what became of them.' },
  ),
  lines(
    'Exports that failed',
    [
      query(
        `sum by (destination, outcome) (${perSecond('tapewatch_export_failures_total')})`,
        '{{destination}} {{outcome}}',
      ),
    ],
    { unit: 'cps', min: 0 },
  ),
]);

const rules = row('Rules and notifications', [
  lines('Alerts', [query(`sum by (severity, state) (alert_active{${at}})`, '{{severity}} {{state}}')], {
    min: 0,
    decimals: 0,
    stack: true,
  }),
  lines(
    'Evaluation by group',
    [
      query(
        `histogram_quantile(0.99, sum by (le, group) (${overAMinute('tapewatch_rule_evaluation_duration_seconds_bucket')}))`,
        'p99 {{group}}',
      ),
    ],
    { unit: 's', min: 0 },
  ),
  lines(
    'Evaluations that failed or fell out',
    [
      query(`sum by (group) (${overAMinute('tapewatch_rule_evaluation_failures_total')})`, 'failed {{group}}'),
      query(`sum by (group) (${overAMinute('tapewatch_rule_evaluation_missed_total')})`, 'missed {{group}}'),
    ],
    { unit: 'cps', min: 0 },
  ),
  lines(
    'Notifications',
    [query(`sum by (channel, outcome) (${inAnHour('notification_count_total')})`, '{{channel}} {{outcome}}')],
    { min: 0, decimals: 0, description: 'In the hour before each time.' },
  ),
  lines(
    'History that was given up',
    [query(`sum by (history) (${inAnHour('tapewatch_history_dropped_total')})`, '{{history}}')],
    { min: 0, decimals: 0, description: 'Changes that could not be written, in the hour before each time.' },
  ),
  lines('Subscriptions', [query(`tapewatch_subscriptions{${at}}`, '{{instance}}')], { min: 0, decimals: 0 }),
]);

/** The states of a check as numbers, so that one line shows which holds. */
const health = ['healthy', 'degraded', 'unhealthy', 'unknown']
  .map((status, i) => `sum without (status) (${i} * (health_check_status{status="${status}", ${at}} == 1))`)
  .join(' or ');

const plugins = row('Checks and plugins', [
  states('Health', [query(health, '{{component}}')], {
    width: 12,
    mappings: wordList([
      ['healthy', 'green'],
      ['degraded', 'yellow'],
      ['unhealthy', 'red'],
      ['unknown', 'text'],
    ]),
  }),
  lines(
    'Duration of checks',
    [
      query(
        `histogram_quantile(0.95, sum by (le, component) (${overAMinute('health_check_duration_seconds_bucket')}))`,
        'p95 {{component}}',
      ),
    ],
    { unit: 's', min: 0, width: 12 },
  ),
  lines('Calls', [query(`sum by (plugin, kind) (${overAMinute('plugin_runs_total')})`, '{{plugin}} {{kind}}')], {
    unit: 'cps',
    min: 0,
  }),
  lines(
    'Duration of calls',
    [
      query(
        `histogram_quantile(0.95, sum by (le, plugin, kind) (${overAMinute('plugin_duration_seconds_bucket')}))`,
        'p95 {{plugin}} {{kind}}',
      ),
    ],
    { unit: 's', min: 0 },
  ),
  lines(
    'Calls that failed',
    [query(`sum by (plugin, reason) (${overAMinute('plugin_failures_total')})`, '{{plugin}} {{reason}}')],
    { unit: 'cps', min: 0 },
  ),
]);

export const pipeline = dashboard({
  name: 'pipeline',
  title: 'Tapewatch: pipeline',
  description: 'What Tapewatch does with what it measures.',
  choices: [choice('instance', 'Instance', 'tapewatch_series', 'instance')],
  rows: [overview, ticks, rules, plugins],
});
