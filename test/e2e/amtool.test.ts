import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findPeer } from '../support/peer.js';
import { adminToken, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

const found = findPeer('amtool');

interface AmtoolAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
  readonly receivers: readonly { readonly name: string }[];
  readonly startsAt: string;
  readonly endsAt: string;
}

interface AmtoolSilence {
  readonly id: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly status: { readonly state: string };
}

/** Alertmanager's own command line tool, unchanged, against the running program. Cases after test/cli/acceptance of Alertmanager. */
describe('amtool', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let program: Program;

  beforeEach((context) => {
    if (found.file === undefined) context.skip(found.reason);
  });
  beforeAll(async () => {
    if (found.file === undefined) return;
    [folder, webhook] = await Promise.all([scratchFolder(), startWebhook()]);
    const config = `${folder.path}/tapewatch.yaml`;
    await writeFile(
      config,
      `shipped_rules: false
route:
  receiver: ops
  routes:
    - matchers: [team="db"]
      receiver: dba
receivers:
  - { name: ops, webhook_configs: [{ url: '${webhook.url}' }] }
  - { name: dba, webhook_configs: [{ url: '${webhook.url}' }] }
`,
    );
    program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
  }, 90_000);
  afterAll(async () => {
    await program?.stop();
    webhook?.stop();
    await folder?.remove();
  });

  /** Runs it and gives what it said; `fails` when it shall not succeed. */
  const amtool = async (args: readonly string[], { fails = false, input = '' } = {}): Promise<string> => {
    const url = program.url.replace('://', `://anyone:${adminToken}@`);
    const child = spawn(found.file as string, [`--alertmanager.url=${url}`, ...args]);
    let [out, error] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect(code === 0, `amtool ${args.join(' ')}: ${out}${error}`).toBe(!fails);
    return fails ? error : out;
  };
  const json = async <T>(args: readonly string[]): Promise<readonly T[]> =>
    JSON.parse((await amtool([...args, '--output=json'])) || '[]') as readonly T[];

  it('adds an alert, which is told, shown with its receiver, and found by matchers', async () => {
    await amtool(['alert', 'add', 'Added', 'severity=critical', 'team=db', '--annotation=summary=the disk is full']);
    const [alert] = await json<AmtoolAlert>(['alert', 'query', 'Added', 'team=~"d.+"']);
    expect(alert).toMatchObject({
      labels: { alertname: 'Added', severity: 'critical', team: 'db' },
      annotations: { summary: 'the disk is full' },
      status: { state: 'active', silencedBy: [] },
      receivers: [{ name: 'dba' }],
    });
    expect(await json(['alert', 'query', 'Added', 'team!="db"'])).toEqual([]);
    await until('told', 10_000, () =>
      webhook.deliveries.some(({ body }) => body.alerts.some(({ labels }) => labels['alertname'] === 'Added')),
    );
    const { alerts } = await program.graphql<{ alerts: { edges: { node: { name: string; severity: string } }[] } }>(
      '{ alerts(filter: { matchers: ["alertname=Added"] }) { edges { node { name severity } } } }',
    );
    expect(alerts.edges.map(({ node }) => node)).toEqual([{ name: 'Added', severity: 'CRITICAL' }]);
  });

  it('ends an alert by adding it again with an end', async () => {
    await amtool(['alert', 'add', 'Ended', 'severity=info']);
    expect(await json(['alert', 'query', 'Ended'])).toHaveLength(1);
    await amtool(['alert', 'add', 'Ended', 'severity=info', `--end=${new Date(Date.now() - 1_000).toISOString()}`]);
    await until('ended', 10_000, async () => (await json(['alert', 'query', 'Ended'])).length === 0);
    await until('the end is told', 10_000, () =>
      webhook.deliveries.some(({ body }) =>
        body.alerts.some(({ labels, status }) => labels['alertname'] === 'Ended' && status === 'resolved'),
      ),
    );
  });

  it('silences an alert, shows it as suppressed, changes and expires the silence', async () => {
    await amtool(['alert', 'add', 'Noisy', 'severity=warning']);
    const id = (
      await amtool(['silence', 'add', 'alertname=Noisy', '--comment=known', '--author=min', '--duration=1h'])
    ).trim();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const [silence] = await json<AmtoolSilence>(['silence', 'query', 'alertname=Noisy']);
    expect(silence).toMatchObject({ id, comment: 'known', createdBy: 'min', status: { state: 'active' } });
    const [noisy] = await json<AmtoolAlert>(['alert', 'query', '--silenced', 'Noisy']);
    expect(noisy?.status).toMatchObject({ state: 'suppressed', silencedBy: [id] });
    expect(await json(['alert', 'query', 'Noisy'])).toEqual([]);
    const updated = (await amtool(['silence', 'update', id, '--duration=2h', '--comment=still known'])).trim();
    expect(updated).toContain('still known');
    const [current] = await json<AmtoolSilence>(['silence', 'query', 'alertname=Noisy']);
    await amtool(['silence', 'expire', current?.id ?? id]);
    expect(await json(['silence', 'query', 'alertname=Noisy'])).toEqual([]);
    expect((await json<AmtoolSilence>(['silence', 'query', '--expired', 'alertname=Noisy'])).length).toBeGreaterThan(0);
    await until('active again', 5_000, async () => (await json(['alert', 'query', 'Noisy'])).length === 1);
  });

  it('exports silences and imports them', async () => {
    await amtool(['silence', 'add', 'alertname=Moved', '--comment=to be moved', '--author=min', '--duration=1h']);
    const file = `${folder.path}/silences.json`;
    await writeFile(file, await amtool(['silence', 'query', 'alertname=Moved', '--output=json']));
    const [first] = await json<AmtoolSilence>(['silence', 'query', 'alertname=Moved']);
    await amtool(['silence', 'expire', first?.id ?? '']);
    await amtool(['silence', 'import', '--force', file]);
    const moved = await json<AmtoolSilence>(['silence', 'query', 'alertname=Moved']);
    expect(moved.map(({ comment }) => comment)).toEqual(['to be moved']);
    expect((await readFile(file, 'utf8')).length).toBeGreaterThan(2);
  });

  it('shows and tests the routes of the running program', async () => {
    expect(await amtool(['config', 'routes', 'show'])).toContain('team="db"');
    expect((await amtool(['config', 'routes', 'test', 'team=db'])).trim()).toBe('dba');
    expect((await amtool(['config', 'routes', 'test', 'team=web'])).trim()).toBe('ops');
    expect(await amtool(['config', 'show'])).toContain('receiver: ops');
    expect(await amtool(['cluster', 'show'])).toContain('disabled');
  });

  it.each([
    ['a silence without a comment', ['silence', 'add', 'alertname=x', '--duration=1h', '--require-comment'], 'comment'],
    ['a silence that is not there', ['silence', 'expire', '11111111-1111-4111-8111-111111111111'], ''],
    ['a matcher that is none', ['alert', 'query', 'Added', 'team=~"("'], ''],
  ])('refuses %s', async (_what, args, words) => {
    expect(await amtool(args, { fails: true })).toContain(words);
  });
});
