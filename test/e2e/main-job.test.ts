import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { scratchFolder, writeConfig } from '../support/scratch.js';
import { startSimulator, type Simulator } from '../support/simulator.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

interface AlertNode {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly acknowledgement: { readonly by: string; readonly note: string } | null;
}

describe('the main job, end to end', { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let simulator: Simulator;
  let program: Program;

  beforeAll(async () => {
    [folder, webhook, simulator] = await Promise.all([scratchFolder(), startWebhook(), startSimulator()]);
    const config = await writeConfig(folder.path, simulator, webhook.url);
    program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
  }, 90_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    await simulator?.stop();
    webhook?.stop();
    await folder?.remove();
  });

  const alerts = async (filter: string): Promise<readonly AlertNode[]> => {
    const { alerts: found } = await program.graphql<{ alerts: { edges: { node: AlertNode }[] } }>(
      `{ alerts(filter: ${filter}) { edges { node { id name state acknowledgement { by note } } } } }`,
    );
    return found.edges.map(({ node }) => node);
  };

  it('measures host, exchange and itself', async () => {
    await until('live tickers', 30_000, async () => {
      const { exchanges } = await program.graphql<{
        exchanges: { connected: boolean; tickers: { last: number; bid: number; ask: number }[] }[];
      }>('{ exchanges { connected tickers { symbol last bid ask } } }');
      return exchanges.some(
        ({ connected, tickers }) =>
          connected && tickers.filter(({ last, bid, ask }) => last > 0 && bid < ask).length === 3,
      );
    });
    for (const metric of [
      'system_cpu_time_seconds_total',
      'system_memory_usage_bytes',
      'process_cpu_time_seconds_total',
      'nodejs_eventloop_delay_p99_seconds',
      'exchange_ticker_last',
      'exchange_feed_age_seconds',
      'exchange_request_duration_seconds_count',
      'health_check_status',
      'tapewatch_samples_total',
      'http_server_request_duration_seconds_count',
    ]) {
      const series = await until(metric, 20_000, async () => {
        const found = await program.promql(metric);
        return found.length > 0 && found;
      });
      expect(
        series.every(({ value }) => value !== null),
        metric,
      ).toBe(true);
    }
  });

  it('fires, tells, takes an acknowledgement and resolves', async () => {
    const events: { kind: string; alert: { name: string } }[] = [];
    const client = program.subscriptions();
    client.subscribe<{ alertEvents: (typeof events)[number] }>(
      { query: 'subscription { alertEvents { cursor kind alert { name } } }' },
      {
        next: ({ data }) => void (data == null || events.push(data.alertEvents)),
        error: () => undefined,
        complete: () => undefined,
      },
    );
    await simulator.fault({ fault: 'stall', feed: 'ticker' });
    const firing = await until('ExchangeFeedStale fires', 40_000, async () =>
      (await alerts('{ states: [FIRING] }')).find(({ name }) => name === 'ExchangeFeedStale'),
    );
    const told = await until('the webhook is told', 10_000, () =>
      webhook.deliveries.find(({ body }) => body.alerts.some(({ id }) => id === firing.id)),
    );
    expect(told.body).toMatchObject({
      status: 'firing',
      alerts: [{ labels: { exchange: 'binance', venue: 'binance', feed: 'ticker' } }],
    });
    expect(told.key).not.toBe('undefined');

    const { acknowledgeAlert } = await program.graphql<{ acknowledgeAlert: { __typename: string } }>(
      'mutation ($id: ID!) { acknowledgeAlert(id: $id, note: "looking") { __typename } }',
      { id: firing.id },
    );
    expect(acknowledgeAlert.__typename).toBe('Alert');
    expect((await alerts('{ acknowledged: true }'))[0]).toMatchObject({
      id: firing.id,
      acknowledgement: { by: 'admin', note: 'looking' },
    });

    await simulator.endFaults();
    await until('the end is told', 40_000, () =>
      webhook.deliveries.find(({ body }) =>
        body.alerts.some(({ id, status }) => id === firing.id && status === 'resolved'),
      ),
    );
    expect((await alerts('{ states: [RESOLVED] }')).map(({ id }) => id)).toContain(firing.id);
    const kinds = await until('all events', 5_000, () => {
      const seen = events.filter(({ alert }) => alert.name === 'ExchangeFeedStale').map(({ kind }) => kind);
      return seen.includes('RESOLVED') && seen;
    });
    expect(kinds).toEqual(['FIRING', 'ACKNOWLEDGED', 'RESOLVED']);
    await client.dispose();
  });

  it('stops on Ctrl-C with code 0 and leaves nothing behind', async () => {
    const begun = Date.now();
    expect(await program.stop('SIGINT')).toEqual({ code: 0, signal: null });
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect(program.leftovers).toBe(false);
  });
});
