import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertWitness } from '../support/alert-witness.js';
import { freePort, Program } from '../support/program.js';
import { scratchFolder, writeConfig } from '../support/scratch.js';
import { startSimulator, type Simulator } from '../support/simulator.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';
import { Acknowledger } from './kills/acknowledger.js';
import { busyRules, calmRules } from './kills/busy-rules.js';
import { expectHistory } from './kills/expect-history.js';
import { expectTimers } from './kills/expect-timers.js';
import { expectKeys, expectNoTwins, expectSilent, expectToldOnce, repeats, type Told } from './kills/expect-told.js';
import { Poster } from './kills/poster.js';
import { randomFrom } from './kills/random.js';
import { alertCount, alertRecords, ledgerRows } from './kills/records.js';
import type { Run } from './kills/run.js';
import { Silencer } from './kills/silencer.js';

/** The gate's number; TAPEWATCH_KILLS=200 is the whole. */
const kills = Number(process.env['TAPEWATCH_KILLS'] ?? 25);
/** Shares of all deliveries are held against what is wanted of the whole. */
const isWhole = kills >= 200;
/** To repeat a failure: KILL_SEED=N. */
const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));
const longestRunMs = 3_500;
/** Some kills fall into the start. */
const killedEarly = 0.15;
const longestStartMs = 1_500;

describe('kill -9 at any moment', { timeout: 120_000 + kills * 15_000 }, () => {
  const random = randomFrom(seed);
  const witness = new AlertWitness();
  const acknowledger = new Acknowledger(randomFrom(seed + 1));
  const silencer = new Silencer(randomFrom(seed + 2));
  const runs: Run[] = [];
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let simulator: Simulator;
  let flips: Server;
  let poster: Poster;
  let config: string;
  let port: number;
  let program: Program | undefined;

  beforeAll(async () => {
    process.stdout.write(`KILL_SEED=${seed}\n`);
    flips = createServer((_, response) => {
      // Good for eight seconds, bad for eight: longer than a check needs to be believed.
      response.statusCode = Math.floor(Date.now() / 8_000) % 2 === 0 ? 200 : 500;
      response.end();
    });
    await new Promise<void>((resolve) => flips.listen(0, '127.0.0.1', resolve));
    [folder, webhook, simulator, port] = await Promise.all([
      scratchFolder(),
      startWebhook(),
      startSimulator(),
      freePort(),
    ]);
    const extra = `  - name: flips
    type: http
    interval: 1s
    timeout: 500ms
    config: { url: 'http://127.0.0.1:${(flips.address() as AddressInfo).port}/' }
shipped_rules: false
host: { enabled: false }
rule_files: [rules.yaml]
`;
    const routes = `route:
  group_by: ['...']
  routes:
    - matchers: ['alertname="Posted"']
      group_by: [alertname, shard]
`;
    config = await writeConfig(folder.path, simulator, webhook.url, extra);
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace('route:\n', routes));
    await writeFile(`${folder.path}/rules.yaml`, busyRules);
    poster = new Poster(`http://127.0.0.1:${port}`, randomFrom(seed + 3));
  }, 60_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    poster?.stop();
    await simulator?.stop();
    webhook?.stop();
    flips?.close();
    await folder?.remove();
  });

  const options = () => ({ dataDir: `${folder.path}/data`, args: ['start', '--config', config], port });
  const start = async (): Promise<Program> => {
    const started = await Program.start(options());
    runs.push({ readyAt: Date.now(), endedAt: Infinity });
    return started;
  };

  /** Start times of the alerts that wait long, by name: they begin once and never anew. */
  let begun: Record<string, string> = {};

  async function expectKeptSoFar(running: Program): Promise<void> {
    await silencer.expectKept(running);
    const waiting = await alertRecords(running, 'states: [PENDING, FIRING], matchers: ["alertname=~\\"After.+\\""]');
    const starts = Object.fromEntries(waiting.map(({ name, startsAt }) => [name, startsAt]));
    expect(starts, 'alerts that wait go on from where they were').toMatchObject(begun);
    begun = { ...begun, ...starts };
  }

  async function dieEarly(): Promise<void> {
    const starting = (program = await Program.launch(options()));
    await sleep(random() * longestStartMs);
    starting.signal('SIGKILL');
    await starting.ended;
  }

  async function liveAndDie(): Promise<void> {
    const running = (program = await start());
    await expectKeptSoFar(running);
    let over = false;
    const following = witness.follow(running);
    const working = [acknowledger, silencer].map((one) => one.work(running, () => over));
    if (random() < 0.3) await simulator.fault({ fault: 'stall', feed: 'ticker' });
    else if (random() < 0.5) await simulator.endFaults();
    await Promise.race([sleep(random() * longestRunMs), ...working]);
    running.signal('SIGKILL');
    over = true;
    await running.ended;
    (runs.at(-1) as Run).endedAt = Date.now();
    await Promise.all([following, ...working]);
  }

  it(`loses nothing and tells nothing twice under another key, ${kills} times`, async () => {
    const posting = poster.work();
    for (let i = 0; i < kills; i++) await (random() < killedEarly ? dieEarly() : liveAndDie());

    // The rules are taken away, so that everything ends and is told.
    await simulator.endFaults();
    await writeFile(`${folder.path}/rules.yaml`, calmRules);
    const last = (program = await start());
    await silencer.expectKept(last);
    const following = witness.follow(last);
    poster.endAll();
    await posting;
    await until(
      'every alert has ended',
      30_000,
      async () => (await alertCount(last, 'states: [PENDING, FIRING]')) === 0,
    );
    // Whatever would be told twice is told by then.
    await sleep(2_000);
    const ledger = await until('everything is sent', 30_000, async () => {
      const rows = await ledgerRows(last);
      return rows.every(({ outcome }) => outcome !== 'RETRYING') && rows;
    });
    await silencer.expectKept(last);
    const alerts = await alertRecords(last, 'states: [PENDING, FIRING, RESOLVED, INACTIVE]');
    expect(await last.stop()).toEqual({ code: 0, signal: null });
    await following;

    const fired = alerts.filter(({ firedAt }) => firedAt !== null);
    const { deliveries } = webhook;
    const told: Told = { alerts: fired, deliveries, ledger, holds: silencer.holds, runs };
    process.stdout.write(
      `${kills} kills; ${new Set(fired.map(({ labels }) => JSON.stringify(labels))).size} alerts fired ${fired.length} times, ` +
        `${poster.confirmed} of them posted and confirmed; ${witness.events.length} events seen; ` +
        `${acknowledger.confirmed.size} acknowledgements and ${silencer.confirmed} changes of silences confirmed; ` +
        `${deliveries.length} deliveries, ${repeats(deliveries)} of them repeats\n`,
    );
    // In a short run some of the 2,000 may not have their turn.
    expect(new Set(fired.map(({ labels }) => JSON.stringify(labels))).size).toBeGreaterThanOrEqual(
      isWhole ? 2_000 : 1_500,
    );
    expect(acknowledger.confirmed.size).toBeGreaterThan(kills);
    expect(silencer.confirmed).toBeGreaterThan(kills);
    acknowledger.expectKept(alerts);
    poster.expectKept(alerts);
    expectHistory(alerts, witness.events);
    const { silenced, overTooSoon, reminded } = expectToldOnce(told);
    process.stdout.write(
      `not told: ${silenced} silenced, ${overTooSoon} over before their group was told; told again: ${reminded} when a silence had ended\n`,
    );
    expect(silenced).toBeGreaterThan(0);
    expect(reminded).toBeGreaterThan(0);
    expectSilent(told);
    expectNoTwins(told);
    expectKeys(told);
    if (isWhole) expect(repeats(deliveries), 'at most 1 %').toBeLessThanOrEqual(deliveries.length / 100);
    expectTimers(alerts, runs);
  });

  it('kept the history of health, each change once', async () => {
    const again = (program = await start());
    const { healthHistory } = await again.graphql<{
      healthHistory: { edges: { node: { at: string; previous: string | null; status: string } }[] };
    }>('{ healthHistory(component: "flips", first: 200) { edges { node { at previous status } } } }');
    const changes = healthHistory.edges.map(({ node }) => node).reverse();
    expect(changes.length).toBeGreaterThan(3);
    changes.forEach(({ previous, status }, i) => {
      expect(previous).toBe(changes[i - 1]?.status ?? null);
      expect(status).not.toBe(previous);
    });
    await again.stop();
  });
});
