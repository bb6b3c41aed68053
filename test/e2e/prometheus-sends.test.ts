import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findPeer, startPeer, type Peer } from '../support/peer.js';
import { adminToken, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

const found = findPeer('prometheus');

/** Another Prometheus has Tapewatch for its Alertmanager. */
describe('a Prometheus that sends its alerts', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let program: Program;
  let prometheus: Peer;

  beforeEach((context) => {
    if (found.file === undefined) context.skip(found.reason);
  });
  const rules = (threshold: number): string => `groups:
  - name: theirs
    interval: 1s
    rules:
      - alert: TheirAlert
        expr: vector(5) > ${threshold}
        labels: { severity: critical }
        annotations: { summary: 'value {{ $value }}' }
`;

  beforeAll(async () => {
    if (found.file === undefined) return;
    [folder, webhook] = await Promise.all([scratchFolder(), startWebhook()]);
    const config = `${folder.path}/tapewatch.yaml`;
    await writeFile(
      config,
      `shipped_rules: false\nreceivers: [{ name: ops, webhook_configs: [{ url: '${webhook.url}' }] }]\n`,
    );
    program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
    prometheus = await startPeer('prometheus', {
      config: `global: { evaluation_interval: 1s }
rule_files: [rules.yaml]
alerting:
  alertmanagers:
    - api_version: v2
      basic_auth: { username: prometheus, password: '${adminToken}' }
      static_configs: [{ targets: ['127.0.0.1:${program.port}'] }]
`,
      files: { 'rules.yaml': rules(1) },
      args: ['--web.enable-lifecycle', '--rules.alert.resend-delay=2s'],
    });
  }, 90_000);
  afterAll(async () => {
    await prometheus?.stop();
    await program?.stop();
    webhook?.stop();
    await folder?.remove();
  });

  it('is heard once for each beginning and each end, however often it repeats itself', async () => {
    const told = (status: string): number =>
      webhook.deliveries.filter(({ body }) =>
        body.alerts.some((alert) => alert.labels['alertname'] === 'TheirAlert' && alert.status === status),
      ).length;
    await until('told that it fires', 30_000, () => told('firing') > 0);
    const { alerts } = await program.graphql<{ alerts: { edges: { node: { id: string; annotations: object } }[] } }>(
      '{ alerts(filter: { matchers: ["alertname=TheirAlert"] }) { edges { node { id annotations } } } }',
    );
    expect(alerts.edges.map(({ node }) => node.annotations)).toEqual([{ summary: 'value 5' }]);
    // It sends the alert again every two seconds: three times that, and nobody is told again.
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    expect(told('firing')).toBe(1);
    await writeFile(`${prometheus.folder}/rules.yaml`, rules(9));
    await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
    await until('told that it is over', 30_000, () => told('resolved') > 0);
    expect(told('resolved')).toBe(1);
    const { alert } = await program.graphql<{ alert: { state: string; history: { kind: string }[] } }>(
      'query ($id: ID!) { alert(id: $id) { state history { kind } } }',
      { id: alerts.edges[0]?.node.id },
    );
    expect(alert).toEqual({ state: 'RESOLVED', history: [{ kind: 'FIRING' }, { kind: 'RESOLVED' }] });
  });
});
