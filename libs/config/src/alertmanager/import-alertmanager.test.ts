import { ConfigError } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../load-config.js';
import type { TapewatchConfig } from '../tapewatch-config.js';

const minimal = `
route: { receiver: team }
receivers: [{ name: team }]
`;

function load(content: string, files: Record<string, string> = {}, own = ''): Promise<TapewatchConfig> {
  const all: Record<string, string> = { '/etc/tapewatch/am/alertmanager.yml': content, ...files };
  return loadConfig({
    file: '/etc/tapewatch/tapewatch.yaml',
    text: `alertmanager_config: am/alertmanager.yml\n${own}`,
    env: {},
    baseDir: '/',
    readFile: (path) => {
      const text = all[path];
      return text === undefined ? Promise.reject(new Error(`no such file ${path}`)) : Promise.resolve(text);
    },
    glob: (pattern) => Promise.resolve(Object.keys(all).filter((file) => file === pattern.replace('*', 'a'))),
  });
}

async function problemsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ConfigError)) throw new Error('no ConfigError');
  return thrown.problems.map(({ code, file, line, path, message }) => `${file}:${line} ${path} ${code} ${message}`);
}

describe('an alertmanager.yml', () => {
  it('has Alertmanager’s own defaults where it says nothing', async () => {
    const { route, receivers, routingPath, alerts } = await load(minimal);
    expect(route).toEqual({
      receiver: 'team',
      groupBy: [],
      groupWaitMs: 30_000,
      groupIntervalMs: 300_000,
      repeatIntervalMs: 14_400_000,
      matchers: [],
      continue: false,
      routes: [],
    });
    expect({ receivers, routingPath, resolveTimeoutMs: alerts.resolveTimeoutMs }).toEqual({
      receivers: [{ name: 'team', channels: [] }],
      routingPath: ['alertmanager_config'],
      resolveTimeoutMs: 300_000,
    });
  });

  it('takes values as text, as Alertmanager does, and substitutes nothing', async () => {
    const { route } = await load(`
global: { resolve_timeout: 10m }
route:
  receiver: team
  group_by:
  group_wait: 10s
  routes:
    - match: { test: 2, version: 1.10, yes: yes }
      match_re: { service: foo|bar }
      matchers: 'host=~"$\{1}\\\\d+"'
      continue: true
receivers: [{ name: team }]
`);
    expect(route.groupWaitMs).toBe(10_000);
    expect(route.routes[0]).toMatchObject({
      continue: true,
      matchers: ['test="2"', 'version="1.10"', 'yes="yes"', 'service=~"^(?:foo|bar)$"', 'host=~"$\{1}\\\\d+"'],
    });
  });

  it('maps receivers to channels, with what stands under global and in files', async () => {
    const { receivers, warnings } = await load(
      `
global:
  smtp_smarthost: 'localhost:25'
  smtp_from: 'alertmanager@example.org'
  smtp_auth_username: 'alertmanager'
  smtp_auth_password_file: secrets/smtp
  smtp_hello: "host.example.org"
  slack_api_url: "http://mysecret.example.com/"
  opsgenie_api_key: unused
  http_config: { authorization: { credentials: abc } }
route: { receiver: all }
receivers:
  - name: all
    webhook_configs:
      - url: http://one.example/
        send_resolved: false
        max_alerts: 5
        timeout: 500ms
      - url_file: /run/url
        http_config: { basic_auth: { username: u, password: p }, proxy_url: http://proxy:3128 }
    slack_configs:
      - channel: '#ops'
        title: '{{ .Status }}'
        image_url: http://some.img.com/img.png
    telegram_configs:
      - bot_token_file: /run/bot
        chat_id: -100123
        parse_mode: Markdown
        message: '{{ template "x" . }}'
    email_configs:
      - to: team@example.org
        require_tls: false
        headers: { subject: '{{ .GroupLabels.alertname }}', reply-to: a@example.org }
        html: ''
        text: plain
`,
      {
        '/etc/tapewatch/am/secrets/smtp': 'pass\n',
        '/run/url': 'http://two.example/\n',
        '/run/bot': '123:abc\n',
      },
    );
    const told = receivers[0]?.channels.map(({ path, imported, ...channel }) => channel);
    expect(told).toEqual([
      {
        name: 'all/webhook',
        type: 'webhook',
        sendResolved: false,
        timeoutMs: 500,
        config: { url: 'http://one.example/', max_alerts: 5, headers: { Authorization: 'Bearer abc' } },
      },
      {
        name: 'all/webhook-2',
        type: 'webhook',
        sendResolved: true,
        config: { url: 'http://two.example/', headers: { Authorization: 'Basic dTpw' } },
      },
      {
        name: 'all/slack',
        type: 'slack',
        sendResolved: false,
        config: { api_url: 'http://mysecret.example.com/', channel: '#ops' },
        template: { title: '{{ .Status }}' },
      },
      {
        name: 'all/telegram',
        type: 'telegram',
        sendResolved: true,
        config: { bot_token: '123:abc', chat_id: '-100123', parse_mode: 'MarkdownV2' },
        template: { text: '{{ template "x" . }}' },
      },
      {
        name: 'all/email',
        type: 'email',
        sendResolved: false,
        config: {
          to: 'team@example.org',
          from: 'alertmanager@example.org',
          smarthost: 'localhost:25',
          hello: 'host.example.org',
          auth_username: 'alertmanager',
          auth_password: 'pass',
          require_tls: false,
          headers: { 'Reply-To': 'a@example.org' },
          html: false,
        },
        template: { title: '{{ .GroupLabels.alertname }}', text: 'plain' },
      },
    ]);
    expect(warnings.map(({ file, line, path, code }) => `${file}:${line} ${path} ${code}`)).toEqual([
      'am/alertmanager.yml:20 receivers[0].webhook_configs[1].http_config.proxy_url CONFIG_NOT_SUPPORTED',
      'am/alertmanager.yml:24 receivers[0].slack_configs[0].image_url CONFIG_NOT_SUPPORTED',
    ]);
  });

  it('takes an empty text for one that is not there', async () => {
    const { receivers } = await load(`
global: { smtp_smarthost: 'localhost:25', smtp_from: a@example.org, smtp_hello: '' }
route: { receiver: a }
receivers: [{ name: a, email_configs: [{ to: b@example.org, hello: '', auth_username: '', html: '' }] }]
`);
    expect(receivers[0]?.channels[0]?.config).toEqual({
      to: 'b@example.org',
      from: 'a@example.org',
      smarthost: 'localhost:25',
      html: false,
    });
  });

  it('keeps receivers of kinds that are not ours, so that nobody believes them told', async () => {
    const { receivers, locate } = await load(`
route: { receiver: pager }
receivers:
  - name: pager
    pagerduty_configs:
      - routing_key: mysecret
`);
    expect(receivers[0]?.channels).toEqual([
      {
        name: 'pager',
        type: 'pagerduty',
        sendResolved: true,
        imported: true,
        config: {},
        path: ['alertmanager_config', 'receivers', 0, 'pagerduty_configs', 0],
      },
    ]);
    expect(locate(receivers[0]?.channels[0]?.path ?? [])).toMatchObject({ file: 'am/alertmanager.yml', line: 6 });
  });

  it('reads inhibition rules of both ages', async () => {
    const { inhibitRules } = await load(`${minimal}
inhibit_rules:
  - source_match: { severity: critical }
    target_match_re: { severity: warning|info }
    equal: [alertname, cluster]
  - name: node
    source_matchers: [alertname = NodeDown]
    target_matchers: [job = node]
`);
    expect(inhibitRules.map(({ path, ...rule }) => rule)).toEqual([
      {
        sourceMatchers: ['severity="critical"'],
        targetMatchers: ['severity=~"^(?:warning|info)$"'],
        equal: ['alertname', 'cluster'],
      },
      { name: 'node', sourceMatchers: ['alertname = NodeDown'], targetMatchers: ['job = node'], equal: [] },
    ]);
  });

  it('reads time intervals under both of their names', async () => {
    const { timeIntervals, route } = await load(`
route: { receiver: team, routes: [{ mute_time_intervals: [weekends], active_time_intervals: [day] }] }
receivers: [{ name: team }]
mute_time_intervals: [{ name: weekends, time_intervals: [{ weekdays: [saturday, sunday] }] }]
time_intervals: [{ name: day, time_intervals: [{ times: [{ start_time: 09:00, end_time: 17:00 }], days_of_month: [1] }] }]
`);
    expect(timeIntervals.map(({ name }) => name)).toEqual(['weekends', 'day']);
    const saturday = Date.UTC(2026, 7, 1, 10);
    expect(timeIntervals.map(({ intervals }) => intervals.some((one) => one.contains(saturday)))).toEqual([true, true]);
    expect(route.routes[0]).toMatchObject({ muteTimeIntervals: ['weekends'], activeTimeIntervals: ['day'] });
  });

  it.each([
    [
      'a time interval that is none',
      `${minimal}\ntime_intervals: [{ name: a, time_intervals: [{ weekdays: [moonday] }] }]`,
      '5 time_intervals[0].time_intervals[0].weekdays[0] CONFIG_INVALID_VALUE',
    ],
    ['an unknown key', `${minimal}\nroutes: []`, 'am/alertmanager.yml:5 routes CONFIG_UNKNOWN_KEY'],
    [
      'an unknown key of a route',
      'route: { receiver: a, group: 1 }\nreceivers: [{ name: a }]',
      '1 route.group CONFIG_UNKNOWN_KEY',
    ],
    ['an unknown key under global', `${minimal}\nglobal: { slack_url: x }`, '5 global.slack_url CONFIG_UNKNOWN_KEY'],
    [
      'an unknown key of a receiver',
      'route: { receiver: a }\nreceivers: [{ name: a, webhook_configs: [{ url: "http://x", uri: y }] }]',
      '2 receivers[0].webhook_configs[0].uri CONFIG_UNKNOWN_KEY',
    ],
    [
      'a timeout that is no duration',
      'route: { receiver: a }\nreceivers: [{ name: a, webhook_configs: [{ url: "http://x", timeout: soon }] }]',
      '2 receivers[0].webhook_configs[0].timeout CONFIG_INVALID_VALUE',
    ],
    [
      'an unknown kind of receiver',
      'route: { receiver: a }\nreceivers: [{ name: a, pigeon_configs: [] }]',
      '2 receivers[0].pigeon_configs CONFIG_UNKNOWN_KEY',
    ],
    ['an undefined receiver', 'route: { receiver: b }\nreceivers: [{ name: a }]', '1 route.receiver CONFIG_REFERENCE'],
    ['no route', 'receivers: [{ name: a }]', '1 route CONFIG_MISSING'],
    [
      'an undefined time interval',
      'route: { receiver: a, routes: [{ mute_time_intervals: [x] }] }\nreceivers: [{ name: a }]',
      '1 route.routes[0].mute_time_intervals[0] CONFIG_REFERENCE',
    ],
    [
      'a muted root route',
      'route: { receiver: a, mute_time_intervals: [] , active_time_intervals: [n] }\nreceivers: [{ name: a }]',
      '1 route.active_time_intervals CONFIG_INVALID_VALUE',
    ],
    [
      'a wildcard beside other labels',
      "route: { receiver: a, group_by: ['...', x] }\nreceivers: [{ name: a }]",
      '1 route.group_by CONFIG_INVALID_VALUE',
    ],
    [
      'two receivers of one name',
      'route: { receiver: a }\nreceivers: [{ name: a }, { name: a }]',
      '2 receivers[1].name CONFIG_INVALID_VALUE',
    ],
    [
      'a secret that stands twice',
      'route: { receiver: a }\nreceivers: [{ name: a, telegram_configs: [{ bot_token: x, bot_token_file: y, chat_id: 1 }] }]',
      '2 receivers[0].telegram_configs[0].bot_token_file CONFIG_INVALID_VALUE',
    ],
    [
      'a secret file that is not there',
      'route: { receiver: a }\nreceivers: [{ name: a, webhook_configs: [{ url_file: /nowhere }] }]',
      '2 receivers[0].webhook_configs[0].url_file CONFIG_NOT_FOUND',
    ],
    ['text that is no YAML', 'route: [', 'am/alertmanager.yml:1  CONFIG_SYNTAX'],
  ])('refuses %s', async (_word, content, wanted) => {
    expect((await problemsOf(load(content))).join('\n')).toContain(wanted.replace('  ', ' undefined '));
  });

  it('stands in place of what would stand in our own file', async () => {
    const problems = await problemsOf(load(minimal, {}, 'route: { receiver: team }\n'));
    expect(problems).toEqual([
      '/etc/tapewatch/tapewatch.yaml:2 route CONFIG_INVALID_VALUE With alertmanager_config, route stands in that file alone.',
    ]);
  });

  it('defines the receivers that reports name', async () => {
    expect((await load(minimal, {}, 'reports: [{ receivers: [team] }]\n')).reports[0]?.receivers).toEqual(['team']);
    expect(await problemsOf(load(minimal, {}, 'reports: [{ receivers: [nobody] }]\n'))).toHaveLength(1);
  });

  it('has to be there', async () => {
    expect(
      await problemsOf(
        loadConfig({ file: 'x.yaml', text: 'alertmanager_config: none.yml', env: {}, baseDir: '/nowhere' }),
      ),
    ).toEqual([expect.stringContaining('x.yaml:1 alertmanager_config CONFIG_NOT_FOUND')]);
  });
});
