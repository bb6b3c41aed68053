import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCollector, startCollector, type RunningCollector } from '../support/collector.js';
import { Program } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

const rules = `groups:
  - name: pushed
    interval: 1s
    rules:
      - alert: BotBacklog
        expr: bot_backlog{job="pusher"} > 5
        labels: { severity: high }
        annotations: { summary: 'The bot has a backlog' }
`;

const collectorConfig = `receivers:
  otlp: { protocols: { http: { endpoint: '\${env:COLLECTOR_OTLP_ENDPOINT}' } } }
exporters:
  otlphttp:
    metrics_endpoint: \${env:TAPEWATCH}/v1/metrics
    headers: { authorization: 'Bearer \${env:TOKEN}' }
    compression: gzip
service:
  telemetry: { metrics: { level: none } }
  pipelines: { metrics: { receivers: [otlp], exporters: [otlphttp] } }
`;

/** A request of one gauge, as JSON. */
function gaugeOf(name: string, job: string, value: number): string {
  const attribute = { key: 'service.name', value: { stringValue: job } };
  const point = { timeUnixNano: `${Date.now()}000000`, asDouble: value };
  const metrics = [{ name, gauge: { dataPoints: [point] } }];
  return JSON.stringify({ resourceMetrics: [{ resource: { attributes: [attribute] }, scopeMetrics: [{ metrics }] }] });
}

async function push(url: string, body: string, token?: string): Promise<number> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  return (await fetch(`${url}/v1/metrics`, { method: 'POST', headers, body })).status;
}

describe('metrics that others push', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let program: Program;
  let token: string;
  const started: ChildProcess[] = [];
  let collector: RunningCollector | undefined;

  beforeAll(async () => {
    [folder, webhook] = await Promise.all([scratchFolder(), startWebhook()]);
    await writeFile(`${folder.path}/rules.yaml`, rules);
    await writeFile(
      `${folder.path}/tapewatch.yaml`,
      `shipped_rules: false
host: { enabled: false }
rule_files: [rules.yaml]
route: { receiver: ops, group_wait: 0s, group_interval: 1s }
receivers: [{ name: ops, webhook_configs: [{ url: '${webhook.url}' }] }]
`,
    );
    const dataDir = `${folder.path}/data`;
    program = await Program.start({ dataDir, args: ['start', '--config', `${folder.path}/tapewatch.yaml`] });
    const args = ['token', 'create', '--name', 'bot', '--role', 'ingest'];
    const made = await Program.launch({ dataDir, args });
    await made.ended;
    token = /tw_\S+/.exec(made.output)?.[0] ?? made.output.trim();
  }, 90_000);
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await collector?.stop('SIGKILL');
    await program?.stop();
    webhook?.stop();
    await folder?.remove();
  });

  const valueOf = async (query: string): Promise<number | null | undefined> => (await program.promql(query))[0]?.value;

  it('keeps what the example bot sends, under Prometheus names, until the bot stops', async () => {
    const bot = spawn(process.execPath, [inRepository('examples/otlp-node/bot.mjs')], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, TAPEWATCH_URL: program.url, TAPEWATCH_TOKEN: token, BOT_INSTANCE: 'one' },
    });
    started.push(bot);
    const orders = 'sum(rate(bot_orders_total{job="desk/bot", instance="one"}[5s]))';
    // Ten a second; the first seconds have too few points for a rate.
    await until('a rate of orders', 30_000, async () => {
      const rate = await valueOf(orders);
      return rate !== undefined && rate !== null && rate > 3 && rate < 30;
    });
    const p50 = await valueOf('histogram_quantile(0.5, sum by (le) (rate(bot_order_duration_seconds_bucket[5s])))');
    expect(p50).toBeGreaterThan(0.01);
    expect(p50).toBeLessThan(0.1);
    expect(await program.promql('bot_equity')).toEqual([
      { labels: { __name__: 'bot_equity', instance: 'one', job: 'desk/bot' }, value: expect.any(Number) as number },
    ]);
    const stopped = once(bot, 'exit');
    bot.kill('SIGTERM');
    expect(await stopped).toEqual([0, null]);
    expect(await program.promql('bot_equity')).toHaveLength(1);
    await until('the series of the bot end', 25_000, async () => (await program.promql('bot_equity')).length === 0);
  });

  it('fires and resolves an alert on a pushed series, which ends with whoever pushes it', async () => {
    const statuses = (): readonly string[] => webhook.deliveries.map(({ body }) => body.status);
    const pushUntil = (value: number, what: string, probe: () => boolean): Promise<boolean> =>
      until(what, 30_000, async () => {
        expect(await push(program.url, gaugeOf('bot.backlog', 'pusher', value), token)).toBe(200);
        await new Promise((resolve) => setTimeout(resolve, 450));
        return probe();
      });
    await pushUntil(9, 'firing', () => statuses().includes('firing'));
    await pushUntil(1, 'resolved', () => statuses().includes('resolved'));
    expect(await valueOf('bot_backlog')).toBe(1);
    await until('the end of the series', 25_000, async () => (await program.promql('bot_backlog')).length === 0);
    expect(await valueOf('count_over_time(bot_backlog[1m]) > 0')).toBeGreaterThan(0);
  });

  it('takes no push of whoever may not hand data in', async () => {
    expect(await push(program.url, gaugeOf('bot.backlog', 'x', 1), 'tw_wrong')).toBe(401);
    expect(await push(program.url, gaugeOf('bot.backlog', 'x', 1))).toBe(401);
  });

  it('takes what a real collector passes on', async (context) => {
    const config = `${folder.path}/collector.yaml`;
    await writeFile(config, collectorConfig);
    const env = { TAPEWATCH: program.url, TOKEN: token };
    const found = findCollector('grafana-cloud');
    if (found.file === undefined) return context.skip(found.reason);
    collector = await startCollector({ config, dataDir: `${folder.path}/collector`, env });
    const { url } = collector;
    await until('the value that went through the collector', 30_000, async () => {
      expect(await push(url, gaugeOf('desk.through.collector', 'relayed', 42))).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 450));
      return (await valueOf('desk_through_collector{job="relayed"}')) === 42;
    });
  });
});
