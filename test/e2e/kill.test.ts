import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { scratchFolder, writeConfig } from '../support/scratch.js';
import { startSimulator, type Simulator } from '../support/simulator.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

interface AlertNode {
  readonly id: string;
  readonly state: string;
  readonly startsAt: string;
  readonly acknowledgement: { readonly by: string; readonly note: string } | null;
  readonly history: readonly { readonly kind: string }[];
}

describe('kill -9 in the middle', { timeout: 180_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let simulator: Simulator;
  let config: string;
  let program: Program | undefined;

  beforeAll(async () => {
    [folder, webhook, simulator] = await Promise.all([scratchFolder(), startWebhook(), startSimulator()]);
    config = await writeConfig(folder.path, simulator, webhook.url);
  }, 60_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    await simulator?.stop();
    webhook?.stop();
    await folder?.remove();
  });

  const start = (): Promise<Program> =>
    Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
  const stale = async (of: Program, states: string): Promise<AlertNode | undefined> => {
    const { alerts } = await of.graphql<{ alerts: { edges: { node: AlertNode }[] } }>(
      `{ alerts(filter: { states: [${states}], matchers: ["alertname=ExchangeFeedStale"] }) { edges { node { id state startsAt acknowledgement { by note } history { kind } } } } }`,
    );
    return alerts.edges[0]?.node;
  };

  it('loses no alert, no acknowledgement, no history and no notification', async () => {
    program = await start();
    const first = program;
    await until('connected', 30_000, async () => (await first.promql('exchange_connected == 1')).length > 0);
    await simulator.fault({ fault: 'stall', feed: 'ticker' });
    const before = await until('firing', 40_000, () => stale(first, 'FIRING'));
    await until('told', 10_000, () => webhook.deliveries.length > 0);
    await first.graphql('mutation ($id: ID!) { acknowledgeAlert(id: $id, note: "mine") { __typename } }', {
      id: before.id,
    });
    first.signal('SIGKILL');
    await first.ended;

    program = await start();
    const second = program;
    const after = await stale(second, 'FIRING');
    expect(after).toMatchObject({
      id: before.id,
      startsAt: before.startsAt,
      acknowledgement: { by: 'admin', note: 'mine' },
    });
    expect(after?.history.map(({ kind }) => kind)).toEqual(['FIRING', 'ACKNOWLEDGED']);

    // Still silent: the alert goes on, it neither ends nor begins anew.
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    expect(await stale(second, 'FIRING')).toMatchObject({
      id: before.id,
      history: [{ kind: 'FIRING' }, { kind: 'ACKNOWLEDGED' }],
    });
    expect(webhook.deliveries.every(({ body }) => body.status === 'firing')).toBe(true);

    await simulator.endFaults();
    const resolved = await until('resolved', 60_000, () => stale(second, 'RESOLVED'));
    expect(resolved.id).toBe(before.id);
    await until('the end is told', 10_000, () =>
      webhook.deliveries.some(
        ({ body }) => body.status === 'resolved' && body.alerts.some(({ id }) => id === before.id),
      ),
    );
    // A repeat is allowed after a kill, but only under the same key.
    const byKey = new Map(webhook.deliveries.map(({ key, body }) => [key, JSON.stringify(body)]));
    for (const { key, body } of webhook.deliveries) expect(byKey.get(key)).toBe(JSON.stringify(body));
    expect(await second.stop()).toEqual({ code: 0, signal: null });
  });
});
