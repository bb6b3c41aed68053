import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, Program } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder, writeConfig } from '../support/scratch.js';
import { startSimulator, type Simulator } from '../support/simulator.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

const file = inRepository('docs', 'metrics.md');

const head = `# Metrics

What a running Tapewatch measures (here on Linux), under both of its names: OpenTelemetry's, which is shipped, and Prometheus', which rules and queries use. Histograms have
\`_bucket\`, \`_sum\` and \`_count\`. Every series also has the labels \`job\` and \`instance\`. A figure that the platform does not have has no metric.
Rules write series as well: \`ALERTS\`, \`ALERTS_FOR_STATE\` and what recording rules record ([rules.md](rules.md)).

| OpenTelemetry | in PromQL | type | unit | labels | meaning |
|---|---|---|---|---|---|
`;

interface Row {
  readonly otelName: string;
  readonly name: string;
  readonly line: string;
}

/** What the running program says of its metrics. */
async function measured(program: Program): Promise<readonly Row[]> {
  const text = await (
    await fetch(`${program.url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } })
  ).text();
  const help = new Map(
    [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, meaning]) => [name ?? '', meaning ?? '']),
  );
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name ?? '', type ?? '']));
  const { metricsSummary } = await program.graphql<{
    metricsSummary: {
      series: { name: string; otelName: string; unit: string | null; labels: Record<string, string> }[];
    };
  }>('{ metricsSummary(range: "1m") { series { name otelName unit labels } } }');
  const rows = new Map<string, Row & { labels: Set<string> }>();
  for (const { name, otelName, unit, labels } of metricsSummary.series) {
    const base = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    if (!types.has(base)) continue; // written by a rule, not measured
    const known = rows.get(base)?.labels ?? new Set<string>();
    for (const label of Object.keys(labels)) if (!['job', 'instance', 'le'].includes(label)) known.add(label);
    const shown = [...known]
      .sort()
      .map((label) => `\`${label}\``)
      .join(', ');
    const line = `| \`${otelName}\` | \`${base}\` | ${types.get(base) ?? ''} | ${unit ?? ''} | ${shown} | ${help.get(base) ?? ''} |`;
    rows.set(base, { otelName, name: base, line, labels: known });
  }
  return [...rows.values()].sort((a, b) => (a.otelName < b.otelName ? -1 : 1));
}

describe('docs/metrics.md', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let simulator: Simulator;
  let program: Program;

  beforeAll(async () => {
    [folder, webhook, simulator] = await Promise.all([scratchFolder(), startWebhook(), startSimulator()]);
    const otlp = 'otlp: { destinations: [{ name: nowhere, endpoint: "http://127.0.0.1:1" }] }\n';
    const config = await writeConfig(folder.path, simulator, webhook.url, otlp);
    program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
  }, 90_000);
  afterAll(async () => {
    await program?.stop();
    await simulator?.stop();
    webhook?.stop();
    await folder?.remove();
  });

  it('says of every metric what the program says (UPDATE_DOCS=1 writes it)', async () => {
    for (const metric of [
      'exchange_ticker_last',
      'v8js_gc_duration_seconds_count',
      'http_server_request_duration_seconds_count',
      'tapewatch_export_failures_total > 0',
    ]) {
      await until(metric, 30_000, async () => (await program.promql(metric)).length > 0);
    }
    await program.graphql('mutation { testChannel(name: "ops") { __typename } }');
    await until(
      'the API is measured',
      10_000,
      async () => (await program.promql('http_server_active_requests')).length > 0,
    );
    const rows = await measured(program);
    if (process.env['UPDATE_DOCS'] === '1')
      await writeFile(file, `${head}${rows.map(({ line }) => line).join('\n')}\n`);
    const documented = await readFile(file, 'utf8');
    // Which figures of the host there are depends on the machine (swap, for one), so a row may be missing.
    for (const { line, otelName } of rows.filter((row) => !row.otelName.startsWith('system.'))) {
      // Labels and the meaning may vary with what has happened; names, type and unit may not.
      expect(documented, otelName).toContain(line.split(' | ').slice(0, 4).join(' | '));
    }
  });
});
