import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@tapewatch/config';
import { ConfigError, systemClock, type AlertEvent } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPipeline, type Pipeline } from './index.js';

const root = join(import.meta.dirname, '..', '..', '..');

describe('createPipeline', { timeout: 60_000 }, () => {
  let folder: string;
  let server: Server;
  let marginRatio = 0.05;
  let pipeline: Pipeline | undefined;

  const create = async (yaml: string): Promise<Pipeline> => {
    const file = join(folder, 'tapewatch.yaml');
    await writeFile(file, yaml);
    const env = { TAPEWATCH_DATA_DIR: join(folder, 'data') };
    const config = await loadConfig({ file, env, baseDir: folder });
    pipeline = await createPipeline(config, {
      clock: systemClock,
      logger: new RecordingLogger(),
      random: Math.random,
      env,
      version: '0.0.0-test',
      externalUrl: () => 'http://tapewatch.test',
      shippedRulesDir: join(root, 'config', 'rules'),
    });
    return pipeline;
  };
  const until = <T>(probe: () => T | Promise<T>): Promise<T> => vi.waitFor(probe, { timeout: 20_000, interval: 50 });
  const deskYaml = (): string => `
host: { enabled: false }
plugins: [${join(root, 'examples', 'plugins', 'funding-desk')}]
checks:
  - name: margin
    type: funding-desk
    config: { url: 'http://127.0.0.1:${(server.address() as AddressInfo).port}/margin' }
route: { receiver: file }
receivers:
  - name: file
    file_configs:
      - path: ${join(folder, 'notifications.jsonl')}
`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-pipeline-'));
    server = createServer((_, response) => response.end(JSON.stringify({ marginRatio })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    marginRatio = 0.05;
  });
  afterEach(async () => {
    await pipeline?.stop();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('fires on a pushed value as it comes, at a time between ticks', async () => {
    const rules = join(folder, 'rules.yaml');
    await writeFile(rules, 'groups: [{ name: bots, rules: [{ alert: Drawdown, expr: bot_drawdown_ratio > 0.5 }] }]\n');
    const running = await create(`host: { enabled: false }\nshipped_rules: false\nrule_files: [${rules}]\n`);
    const firedAt: number[] = [];
    running.events.alerts.subscribe(({ at }) => void firedAt.push(at));
    const push = (value: number): void => {
      const point = { timeUnixNano: `${Date.now()}000000`, asDouble: value };
      const metrics = [{ name: 'bot.drawdown', unit: '1', gauge: { dataPoints: [point] } }];
      const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
      expect(running.commands.pushMetrics(Buffer.from(body), 'json')).toMatchObject({ ok: true });
    };
    await running.start();
    await until(() => expect(running.read.readiness()).toMatchObject({ ready: true }));
    // A tick may come between a push and its evaluation, and be the one that finds it.
    let value = 0;
    await until(() => {
      push((value = 1 - value));
      expect(firedAt.filter((at) => at % 1000 !== 0)).not.toEqual([]);
    });
  });

  it('loads a plugin from outside by its path, and its check fires a rule that its channel tells', async () => {
    const running = await create(deskYaml());
    const events: AlertEvent[] = [];
    running.events.alerts.subscribe((event) => void events.push(event));
    expect(running.read.readiness()).toMatchObject({ ready: false, waitingFor: ['first tick'] });
    await running.start();
    const line = await until(async () => {
      const [first] = (await readFile(join(folder, 'notifications.jsonl'), 'utf8')).split('\n');
      expect(first).toContain('HealthCheckUnhealthy');
      return JSON.parse(first ?? '') as { alerts: { labels: Record<string, string>; runbookUrl: string }[] };
    });
    expect(line.alerts[0]).toMatchObject({
      labels: { component: 'margin', plugin: 'funding-desk' },
      runbookUrl: 'http://tapewatch.test/runbooks/HealthCheckUnhealthy',
    });
    expect(running.read.readiness()).toMatchObject({ ready: true, degraded: [] });
    expect(running.read.plugins().map(({ name }) => name)).toContain('funding-desk');
    expect(running.read.health()).toMatchObject({
      status: 'unhealthy',
      components: [{ name: 'margin', summary: '5.0 % margin left' }],
    });

    marginRatio = 0.9;
    expect(await running.commands.runHealthCheck('margin')).toMatchObject({ ok: true, value: { status: 'healthy' } });
    // The system as a whole is told of a little later, if it is still unhealthy then.
    const [first] = events;
    const ofCheck = (): readonly string[] =>
      events.filter(({ alertId }) => alertId === first?.alertId).map(({ kind }) => kind);
    await until(() => expect(ofCheck()).toEqual(['firing', 'resolved']));
    expect(running.read.rules().flatMap(({ rules }) => rules.filter(({ health }) => health === 'error'))).toEqual([]);
  });

  it('measures itself, and answers what it measured in both text forms', async () => {
    const running = await create('host: { enabled: false }\n');
    await running.start();
    await until(() => expect(running.read.status().samplesTotal).toBeGreaterThan(100));
    expect(running.read.query('tapewatch_series')).toMatchObject({
      ok: true,
      value: { kind: 'vector', series: [{ labels: expect.anything() as unknown }] },
    });
    expect(running.read.query('tapewatch_series +')).toMatchObject({
      ok: false,
      refusal: { code: 'QUERY_INVALID', path: expect.stringMatching(/^1:\d+$/) as string },
    });
    expect(running.read.prometheusText()).toMatch(/^# HELP tapewatch_series /m);
    expect(running.read.metricsSummary(60_000, 'tapewatch_samples_total')).toMatchObject({
      ok: true,
      value: { series: [{ name: 'tapewatch_samples_total', otelName: 'tapewatch.samples' }] },
    });
  });

  it('names everything that is wrong with a config at once, from every stage, and touches no data', async () => {
    const rules = join(folder, 'bad-rules.yaml');
    await writeFile(rules, 'groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: sum(\n');
    const attempt = create(`
exchanges: [{ venue: binanc, symbols: [BTC/USDT] }]
plugins: [./nowhere]
otlp: { destinations: [{ name: a, endpoint: 'http://127.0.0.1:4318' }] }
`);
    await expect(attempt).rejects.toBeInstanceOf(ConfigError);
    await expect(attempt).rejects.toThrow(/binanc.*[\s\S]*nowhere/);
    const second = create(`
checks: [{ name: a, type: htttp, config: {} }, { name: b, type: http, config: { url: 'nope' } }]
receivers: [{ name: console, pigeon_configs: [{}] }]
route: { receiver: console }
reports: [{ schedule: "61 * * * *" }, { zone: Mars/Olympus }, { schedule: "0 0 31 2 *" }]
rule_files: [${rules}]
`);
    const problems = await second.then(
      () => [],
      (thrown: unknown) => (thrown as ConfigError).problems,
    );
    const text = problems.map(({ path, line, message }) => `${path ?? ''} ${line ?? ''} ${message}`).join('\n');
    for (const word of [
      'checks[0].type',
      'checks[1].config.url',
      'pigeon',
      'bad-rules',
      'reports[0].schedule 5 Not a schedule',
      'reports[1].zone',
      'reports[2].schedule 5 This time never comes',
    ])
      expect(`${text}${problems.map(({ file }) => file).join()}`).toContain(word);
    await expect(readFile(join(folder, 'data', 'state.db'))).rejects.toThrow();
  });

  it('refuses a rule that looks back further than memory', async () => {
    const rules = join(folder, 'rules.yaml');
    await writeFile(
      rules,
      'groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: max_over_time(exchange_up[2h]) > 1\n',
    );
    await expect(create(`shipped_rules: false\nrule_files: [${rules}]\n`)).rejects.toThrow(
      /looks back 2h, but memory holds 1h/,
    );
  });

  it('keeps what rules record, and alerts as series', async () => {
    const rules = join(folder, 'rules.yaml');
    await writeFile(
      rules,
      `groups:
  - name: desk
    rules:
      - { record: 'desk:series:twice', expr: tapewatch_series * 2 }
      - { alert: Always, expr: 'desk:series:twice > 0' }
      - { record: tapewatch_series, expr: tapewatch_series + 1 }
`,
    );
    const running = await create(`host: { enabled: false }\nshipped_rules: false\nrule_files: [${rules}]\n`);
    await running.start();
    await until(() => {
      for (const [text, value] of [
        ['desk:series:twice / on (job, instance) tapewatch_series', 2],
        ['ALERTS{alertname="Always", alertstate="firing"}', 1],
      ] as const)
        expect(running.read.query(text)).toMatchObject({ ok: true, value: { series: [{ values: [value] }] } });
    });
    const [group] = running.read.rules();
    expect(group?.rules.map(({ name, state, health }) => [name, state, health])).toEqual([
      ['desk:series:twice', undefined, 'ok'],
      ['Always', 'firing', 'ok'],
      ['tapewatch_series', undefined, 'error'],
    ]);
    expect(group?.rules[2]?.lastError).toMatch(/has a value of this time already: something else writes it, too$/);
  });

  describe('after an end at which an alert fired of which nobody had heard', () => {
    let rules: string;
    let told: string;
    let first: Pipeline;
    const yaml = (receiver: string): string => `
host: { enabled: false }
shipped_rules: false
plugins: [${join(root, 'examples', 'plugins', 'funding-desk')}]
rule_files: [${rules}]
route: { receiver: desk }
receivers: [${receiver}]
`;
    const next = (): Promise<Pipeline> => create(yaml(`{ name: desk, file_configs: [{ path: ${told} }] }`));

    beforeEach(async () => {
      [rules, told] = [join(folder, 'rules.yaml'), join(folder, 'told.jsonl')];
      await writeFile(rules, 'groups: [{ name: desk, rules: [{ alert: Always, expr: vector(1) }] }]\n');
      first = await create(yaml('{ name: desk }'));
      await first.start();
      await until(async () => expect(await first.read.alertSummary()).toMatchObject({ firing: 1, historyTotal: 1 }));
    });

    it('tells its beginning and its end although its rule is gone', async () => {
      await first.stop();
      await writeFile(rules, 'groups: []\n');
      await (await next()).start();
      await until(async () => {
        const lines = (await readFile(told, 'utf8')).trim().split('\n');
        const statuses = lines.map((line) => (JSON.parse(line) as { status: string }).status);
        expect(statuses).toEqual(['firing', 'resolved']);
      });
    });

    it('does not tell it when a silence has begun between opening and start', async () => {
      const startsAt = Date.now() + 2_000;
      const wanted = { matchers: ['alertname="Always"'], startsAt, endsAt: startsAt + 600_000 };
      await first.commands.setSilence({ ...wanted, createdBy: 'jin', comment: 'known' });
      await first.stop();
      const second = await next();
      await until(() => expect(Date.now()).toBeGreaterThan(startsAt));
      await second.start();
      await until(async () => {
        const ledger = await second.read.notifications({ first: 10 });
        expect(ledger.ok && ledger.value.items.map(({ node }) => node.outcome)).toEqual(['not_sent']);
      });
    });
  });

  it('can be stopped twice, and without having been started', async () => {
    const running = await create(deskYaml());
    await running.stop();
    await running.stop();
  });

  it('makes a report of what it measured, judged and told', async () => {
    const running = await create(deskYaml());
    const made: string[] = [];
    running.events.reports.subscribe(({ report }) => void made.push(report.id));
    await running.start();
    await until(async () => {
      const [channel] = await running.read.channels();
      expect(channel?.lastSentAt).toBeDefined();
      expect(running.read.status().samplesTotal).toBeGreaterThan(1_000);
    });
    const result = await running.commands.generateReport({ kind: 'daily', from: systemClock.now() - 60_000 });
    if (!result.ok) throw new Error(result.refusal.message);
    expect(made).toEqual([result.value.id]);
    const report = await running.read.reportData(result.value.id);
    expect(report).toMatchObject({
      version: 1,
      cutOff: true,
      alerts: { byName: [{ key: 'HealthCheckUnhealthy', episodes: 1 }], firingAtEnd: 1 },
      notifications: [{ channel: 'file' }],
      components: [{ component: 'margin', uptime: { value: 0 } }],
      exchanges: [],
      symbols: [],
    });
    expect(report?.completeness).toBeGreaterThan(0);
    expect(await running.read.reportText(result.value.id, 'html')).toContain('HealthCheckUnhealthy');
    expect(await running.read.reports({ first: 1 })).toMatchObject({ value: { items: [{ node: result.value }] } });
  });
});
