import { ConfigError } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.js';
import type { LoadConfigOptions } from './load-config-options.js';
import type { TapewatchConfig } from './tapewatch-config.js';

function load(text: string, options: Partial<LoadConfigOptions> = {}): Promise<TapewatchConfig> {
  return loadConfig({
    file: 'conf/tapewatch.yaml',
    text,
    env: {},
    baseDir: '/home/desk',
    readFile: () => Promise.reject(new Error('ENOENT')),
    glob: (pattern) => Promise.resolve(pattern.includes('gone') ? [] : [pattern.replace('*', 'one')]),
    ...options,
  });
}

async function problemsOf(text: string, options: Partial<LoadConfigOptions> = {}): Promise<readonly Problem[]> {
  const thrown: unknown = await load(text, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ConfigError)) throw new Error('expected a ConfigError', { cause: thrown });
  return thrown.problems;
}

describe('loadConfig', () => {
  it('fills in every default of an empty file', async () => {
    const { locate, shown, sources, ...config } = await load('');
    expect(sources).toEqual(['/home/desk/conf/tapewatch.yaml']);
    expect(shown).toBe('null\n');
    expect(locate(['server'])).toEqual({ file: 'conf/tapewatch.yaml', line: 1, column: 1 });
    expect(config).toEqual({
      file: '/home/desk/conf/tapewatch.yaml',
      dataDir: '/home/desk/data',
      server: { host: '127.0.0.1', port: 8080, trustedProxies: [], allowPlaintext: false },
      log: { level: 'info' },
      reload: { watch: true },
      metrics: {
        retentionMs: 3_600_000,
        memoryBytes: 134_217_728,
        history: { enabled: true, rawMs: 604_800_000, rollupsMs: 7_776_000_000 },
        cardinalityLimit: 20_000,
        resource: {},
      },
      history: {
        alertsMs: 7_776_000_000,
        healthMs: 7_776_000_000,
        notificationsMs: 2_592_000_000,
        reportsMs: 31_536_000_000,
      },
      host: { enabled: true },
      otlp: { destinations: [], promoteResourceAttributes: [] },
      exchanges: [],
      plugins: [],
      checks: [],
      shippedRules: true,
      ruleFiles: [],
      alerts: { resolveTimeoutMs: 300_000, limits: [] },
      route: {
        receiver: 'console',
        matchers: [],
        continue: false,
        groupBy: ['alertname'],
        groupWaitMs: 0,
        repeatIntervalMs: 14_400_000,
        routes: [],
      },
      receivers: [
        {
          name: 'console',
          channels: [{ name: 'console', type: 'console', config: {}, path: ['receivers', 0, 'console_configs', 0] }],
        },
      ],
      inhibitRules: [],
      timeIntervals: [],
      routingPath: [],
      templateFiles: [],
      warnings: [],
      reports: [{ kind: 'daily', schedule: '5 0 * * *', zone: 'UTC', receivers: [], language: 'en' }],
    });
  });

  it('resolves paths against the folder of the file, and globs', async () => {
    const config = await load(
      'data_dir: ../d\nplugins: [./p, /abs/q]\nrule_files: [rules/*.yaml, /r/a.yaml, "gone/*.yaml"]',
    );
    expect(config.dataDir).toBe('/home/desk/d');
    expect(config.plugins).toEqual([{ path: '/home/desk/conf/p' }, { path: '/abs/q' }]);
    expect(config.ruleFiles).toEqual(['/home/desk/conf/rules/one.yaml', '/r/a.yaml']);
    expect(config.sources).toEqual([
      '/home/desk/conf/tapewatch.yaml',
      ...['/home/desk/conf/rules', '/r', '/home/desk/conf/gone'],
      ...['/home/desk/conf/rules/one.yaml', '/r/a.yaml'],
    ]);
  });

  it('lets the environment win over the file', async () => {
    const env = { TAPEWATCH_DATA_DIR: 'elsewhere', TAPEWATCH_LISTEN: '[::1]:0' };
    const config = await load('data_dir: d\nserver: { listen: "127.0.0.1:1", external_url: "https://t.example/x/" }', {
      env,
    });
    expect(config.dataDir).toBe('/home/desk/elsewhere');
    expect(config.server).toMatchObject({ host: '::1', port: 0, externalUrl: 'https://t.example/x' });
    expect(await problemsOf('', { env: { TAPEWATCH_LISTEN: '8080' } })).toMatchObject([{ path: 'TAPEWATCH_LISTEN' }]);
  });

  it('reads exchanges and checks with their defaults', async () => {
    const config = await load(
      'exchanges:\n- { venue: kraken, symbols: [BTC/USD, BTC/USD], stale_after: 5s }\n' +
        'checks:\n- { name: c, type: http, interval: 1m, timeout: 500ms, config: { url: x, _odd: 1 } }\n- { name: d, type: t }',
    );
    expect(config.exchanges).toEqual([
      {
        id: 'kraken',
        venue: 'kraken',
        symbols: ['BTC/USD'],
        staleAfterMs: 5_000,
        feedTimeoutMs: 30_000,
        pollIntervalMs: 10_000,
        requestTimeoutMs: 10_000,
      },
    ]);
    expect(config.checks).toEqual([
      { name: 'c', type: 'http', intervalMs: 60_000, timeoutMs: 500, config: { url: 'x', _odd: 1 } },
      { name: 'd', type: 't', intervalMs: 15_000, timeoutMs: 5_000, config: {} },
    ]);
  });

  it('takes numbers and flags from substitutions', async () => {
    const text = 'metrics: { cardinality_limit: "${env:N}" }\nhost: { enabled: "${env:H}" }';
    const config = await load(text, { env: { N: '500', H: 'false' } });
    expect(config.metrics.cardinalityLimit).toBe(500);
    expect(config.host.enabled).toBe(false);
  });

  it('names channels after their receiver, with type and number where there are several', async () => {
    const config = await load(
      'route: { receiver: ops }\nreceivers:\n- name: ops\n  console_configs: [{}]\n' +
        '  webhook_configs: [{ url: a, send_resolved: false }, { url: b }]\n- { name: solo, webhook_configs: [{ url: c }] }',
    );
    const channels = config.receivers.flatMap((receiver) => receiver.channels);
    expect(channels.map((channel) => channel.name)).toEqual(['ops/console', 'ops/webhook', 'ops/webhook-2', 'solo']);
    expect(channels[1]).toEqual({
      name: 'ops/webhook',
      type: 'webhook',
      sendResolved: false,
      config: { url: 'a' },
      path: ['receivers', 0, 'webhook_configs', 0],
    });
  });

  it('takes from any channel what belongs to the stage, and leaves the rest to its plugin', async () => {
    const { receivers } = await load(
      'receivers: [{ name: r, webhook_configs: [{ url: a, timeout: 500ms, concurrency: 2, rate_limit: 20/1m, template: { text: t } }] }]',
    );
    expect(receivers[0]?.channels[0]).toMatchObject({
      timeoutMs: 500,
      limits: { concurrency: 2, rate: { count: 20, perMs: 60_000 } },
      template: { text: 't' },
      config: { url: 'a' },
    });
  });

  it('keeps what a child route leaves out for its parent to say', async () => {
    const { route } = await load(
      "route: { receiver: console, group_by: ['...'], group_wait: 30s, routes: [{ matchers: ['a=\"b\"'], continue: true }] }",
    );
    expect(route).toMatchObject({ groupBy: ['...'], groupWaitMs: 30_000 });
    expect(route.routes).toEqual([{ matchers: ['a="b"'], continue: true, routes: [] }]);
  });

  it('tells problems of every kind at once, in the order of the file', async () => {
    const problems = await problemsOf(
      [
        'servr: {}',
        'log: { level: infos }',
        'exchanges:',
        '  - { venue: kraken, symbols: [BTC/USD] }',
        '  - { venue: kraken, symbols: [], stale_after: 10 }',
        'checks:',
        '  - { name: a, type: http, timeout: 15s, config: { url: "${env:NOPE}" } }',
        '  - { name: a }',
        'rule_files: [gone.yaml]',
        'route: { matchers: [x=y], routes: [{ receiver: consle }] }',
        'receivers:',
        '  - { name: console, webhook: 1, web_configs: [3] }',
      ].join('\n'),
    );
    expect(problems.map(({ line, path, code }) => `${line} ${path} ${code}`)).toEqual([
      '1 servr CONFIG_UNKNOWN_KEY',
      '2 log.level CONFIG_INVALID_VALUE',
      '5 exchanges[1].venue CONFIG_INVALID_VALUE',
      '5 exchanges[1].symbols CONFIG_INVALID_VALUE',
      '5 exchanges[1].stale_after CONFIG_INVALID_VALUE',
      '7 checks[0].timeout CONFIG_INVALID_VALUE',
      '7 checks[0].config.url CONFIG_SUBSTITUTION',
      '8 checks[1].type CONFIG_MISSING',
      '8 checks[1].name CONFIG_INVALID_VALUE',
      '9 rule_files[0] CONFIG_NOT_FOUND',
      '10 route.receiver CONFIG_MISSING',
      '10 route.matchers CONFIG_INVALID_VALUE',
      '10 route.routes[0].receiver CONFIG_REFERENCE',
      '12 receivers[0].webhook CONFIG_UNKNOWN_KEY',
      '12 receivers[0].web_configs[0] CONFIG_INVALID_VALUE',
    ]);
    expect(problems[0]).toMatchObject({ file: 'conf/tapewatch.yaml', column: 1, hint: 'Did you mean "server"?' });
    expect(problems[12]).toMatchObject({ found: '"consle"', allowed: 'console', hint: 'Did you mean "console"?' });
  });

  it('says nothing more of a value whose reference failed', async () => {
    const problems = await problemsOf('server: { listen: "${env:NOPE}" }');
    expect(problems.map((problem) => problem.code)).toEqual(['CONFIG_SUBSTITUTION']);
  });

  it.each([
    ['otlp: { destinations: [{ name: a, endpoint: "ftp://user:hunter2@host" }] }'],
    ['otlp: { destinations: [{ name: a, endpoint: "http://h", headers: { authorization: [hunter2], "x.y": 5 } }] }'],
    ['log: { level: "${env:SECRET}" }'],
    ['log: { level: "a ${file:s} b" }'],
    ['route: { receiver: "${env:SECRET}" }'],
    ['exchanges: [{ venue: "${env:SECRET}", symbols: [x] }, { venue: "${env:SECRET}", symbols: [x] }]'],
    ['x: &x "${env:SECRET}"\nlog: { level: *x }'],
    ['x: &x { level: "${env:SECRET}" }\nlog: { <<: *x }'],
    ['checks: [{ name: a, type: b, timeout: "${env:SECRET}", interval: "${env:SECRET}" }]'],
  ])('never prints a secret: %s', async (text) => {
    const problems = await problemsOf(text, {
      env: { SECRET: 'hunter2' },
      readFile: () => Promise.resolve('hunter2\n'),
    });
    const shown = new ConfigError(problems).message;
    expect(shown).not.toContain('hunter2');
    expect(shown).toMatch(/<secret>|found a list/);
  });

  it('wants a route where there are several receivers, and takes the only one otherwise', async () => {
    expect((await load('receivers: [{ name: ops, console_configs: [{}] }]')).route.receiver).toBe('ops');
    expect(await problemsOf('receivers: [{ name: a }, { name: b }]')).toMatchObject([
      { code: 'CONFIG_MISSING', path: 'route' },
    ]);
  });

  it('tells when the file cannot be read', async () => {
    const problems = await loadConfig({ file: 'nope.yaml', env: {}, baseDir: '/nonexistent' }).then(
      () => [],
      (error: unknown) => (error as ConfigError).problems,
    );
    expect(problems).toMatchObject([{ code: 'CONFIG_NOT_FOUND', file: 'nope.yaml' }]);
  });

  it('locates plugin parts for later problems', async () => {
    const { locate, receivers } = await load('receivers:\n- name: a\n  webhook_configs:\n  - url: ${env:U}\n', {
      env: { U: 'x' },
    });
    const path = receivers[0]?.channels[0]?.path ?? [];
    expect(locate([...path, 'url'])).toEqual({ file: 'conf/tapewatch.yaml', line: 4, column: 5, substituted: true });
  });

  it('makes a daily report unless it is told otherwise, and sends reports only to receivers there are', async () => {
    expect((await load('reports: []')).reports).toEqual([]);
    expect((await load('reports: [{ zone: Asia/Seoul, receivers: [console], language: ko }]')).reports).toEqual([
      { kind: 'daily', schedule: '5 0 * * *', zone: 'Asia/Seoul', receivers: ['console'], language: 'ko' },
    ]);
    expect(await problemsOf('reports: [{ receivers: [consol] }, { kind: weekly }]')).toMatchObject([
      { code: 'CONFIG_REFERENCE', path: 'reports[0].receivers[0]', hint: expect.stringContaining('console') as string },
      { code: 'CONFIG_INVALID_VALUE', path: 'reports[1].kind' },
    ]);
  });
});

describe('metrics.backend', () => {
  const headersOf = async (text: string): Promise<unknown> => (await load(`metrics: { backend: { ${text} } }`)).metrics;
  it.each([
    ['url: "https://p.example.com"', {}],
    ['url: "https://p.example.com", token: t', { Authorization: 'Bearer t' }],
    ['url: "https://p.example.com", username: u, token: t', { Authorization: 'Basic dTp0' }],
    ['url: "https://p.example.com", tenant: desk', { 'X-Scope-OrgID': 'desk' }],
  ])('sends what belongs to { %s }', async (text, headers) => {
    expect(await headersOf(text)).toMatchObject({
      backend: { url: 'https://p.example.com', headers, timeoutMs: 10_000 },
    });
  });

  it('refuses a user without a password', async () => {
    await expect(load('metrics: { backend: { url: "https://p.example.com", username: u } }')).rejects.toThrow(
      'A user name needs a token',
    );
  });
});
