import { rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

interface Alerts {
  readonly alerts: { readonly edges: readonly { readonly node: { readonly id: string; readonly startsAt: string } }[] };
}

/** The configuration changes while the program runs. */
/** At once: a reload that comes meanwhile must not read half of it. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

describe('reload', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let [first, second]: Awaited<ReturnType<typeof startWebhook>>[] = [];
  let program: Program;

  const rules = (...names: readonly string[]): Promise<void> =>
    replaceFile(
      `${folder.path}/rules.yaml`,
      `groups:\n  - name: own\n    rules:\n${names.map((name) => `      - { alert: ${name}, expr: vector(1) }\n`).join('')}`,
    );
  const config = (url: string): Promise<void> =>
    replaceFile(
      `${folder.path}/tapewatch.yaml`,
      `shipped_rules: false\nrule_files: [rules.yaml]\nroute: { receiver: ops, group_by: [alertname] }\nreceivers: [{ name: ops, webhook_configs: [{ url: '${url}' }] }]\n`,
    );
  const firing = async (name: string) => {
    const { alerts } = await program.graphql<Alerts>(
      `{ alerts(filter: { states: [FIRING], matchers: ["alertname=${name}"] }) { edges { node { id startsAt } } } }`,
    );
    return alerts.edges.map(({ node }) => node);
  };
  const status = async () =>
    (
      await program.graphql<{ pipeline: { configReloadedAt: string | null; configError: string | null } }>(
        '{ pipeline { configReloadedAt configError } }',
      )
    ).pipeline;
  const toldOf = (hook: typeof first, name: string): readonly string[] =>
    (hook?.deliveries ?? []).flatMap(({ body }) =>
      body.alerts.filter(({ labels }) => labels['alertname'] === name).map((alert) => alert.status),
    );

  beforeAll(async () => {
    [folder, first, second] = await Promise.all([scratchFolder(), startWebhook(), startWebhook()]);
    await rules('Stays', 'Goes');
    await config(first.url);
    program = await Program.start({
      dataDir: `${folder.path}/data`,
      args: ['start', '--config', `${folder.path}/tapewatch.yaml`],
    });
    await until('both are told', 20_000, () => toldOf(first, 'Stays').length > 0 && toldOf(first, 'Goes').length > 0);
  }, 90_000);
  afterAll(async () => {
    await program?.stop();
    first?.stop();
    second?.stop();
    await folder?.remove();
  });

  it('takes a changed rule file by itself: what is unchanged goes on, what is gone ends, what is new begins', async () => {
    const [before] = await firing('Stays');
    await rules('Stays', 'Comes');
    await until('the new one fires', 20_000, async () => (await firing('Comes')).length === 1);
    expect(await firing('Stays')).toEqual([before]);
    await until('the end of the one that is gone is told', 10_000, () => toldOf(first, 'Goes').includes('resolved'));
    expect(toldOf(first, 'Stays')).toEqual(['firing']);
    expect((await status()).configReloadedAt).not.toBeNull();
  });

  it('keeps what is in force when the file is broken, and says what is wrong', async () => {
    await replaceFile(`${folder.path}/rules.yaml`, 'groups: [{ name: own, rules: [{ alert: Stays, expr: "((" }] }]\n');
    await until('it is refused', 20_000, async () => (await status()).configError?.includes('rules.yaml') === true);
    expect(await firing('Stays')).toHaveLength(1);
    const ready = (await (await fetch(`${program.url}/readyz`)).json()) as { degraded: readonly string[] };
    expect(ready.degraded.join()).toContain('refused');
    await rules('Stays', 'Comes');
    await until('it is taken again', 20_000, async () => (await status()).configError === null);
  });

  it('tells other receivers after SIGHUP', async () => {
    await config(second?.url ?? '');
    program.signal('SIGHUP');
    await rules('Stays', 'Comes', 'Last');
    await until('the other one is told', 20_000, () => toldOf(second, 'Last').includes('firing'));
    expect(toldOf(first, 'Last')).toEqual([]);
    expect(toldOf(second, 'Stays')).toEqual([]);
  });

  it('takes everything or nothing over GraphQL', async () => {
    await replaceFile(`${folder.path}/tapewatch.yaml`, 'route: { receiver: nobody }\n');
    const reload = '{ __typename ... on Reload { changed } ... on Problem { code message } }';
    const refused = await program.graphql<{ reloadConfig: object }>(`mutation { reloadConfig ${reload} }`);
    expect(refused.reloadConfig).toMatchObject({ __typename: 'InvalidInput' });
    expect(await firing('Last')).toHaveLength(1);
  });
});
