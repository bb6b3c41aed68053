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

const kills = 50;
const longestRunMs = 3_000;
/** To repeat a failure: KILL_SEED=N. */
const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));

interface AlertNode {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly startsAt: string;
  readonly firedAt: string | null;
  readonly acknowledgement: { readonly note: string | null } | null;
  readonly history: readonly { readonly kind: string; readonly at: string; readonly note: string | null }[];
}

interface Run {
  readonly readyAt: number;
  endedAt: number;
}

const periods = [3, 4, 5, 6, 7, 9, 11];
const delays = [15, 30, 45, 60, 90, 120];

/** Alerts that come and go with the clock, some that wait long before they fire, and one from a check. */
const busyRules = `groups:
  - name: clockwork
    rules:
${periods
  .map(
    (period) => `      - alert: Every${period}
        expr: vector(time() % ${period}) < ${period / 2}
        labels: { severity: warning }
`,
  )
  .join('')}${delays
  .map(
    (delay) => `      - alert: After${delay}
        expr: vector(1)
        for: ${delay}s
        labels: { severity: critical }
`,
  )
  .join('')}      - alert: Flips
        expr: health_check_status{component="flips", status="unhealthy"} == 1
      - alert: Silent
        expr: exchange_feed_age_seconds > 3
`;
const calmRules = 'groups:\n  - name: other\n    rules:\n      - alert: Never\n        expr: vector(0) > 1\n';

describe('kill -9 at any moment', { timeout: 900_000 }, () => {
  const random = randomFrom(seed);
  const witness = new AlertWitness();
  const acknowledged = new Map<string, string>();
  const runs: Run[] = [];
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let simulator: Simulator;
  let flips: Server;
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
    config = await writeConfig(folder.path, simulator, webhook.url, extra);
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace('route:\n', "route:\n  group_by: ['...']\n"));
    await writeFile(`${folder.path}/rules.yaml`, busyRules);
  }, 60_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    await simulator?.stop();
    webhook?.stop();
    flips?.close();
    await folder?.remove();
  });

  const start = async (): Promise<Program> => {
    const started = await Program.start({
      dataDir: `${folder.path}/data`,
      args: ['start', '--config', config],
      port,
    });
    runs.push({ readyAt: Date.now(), endedAt: Infinity });
    return started;
  };
  const alertsOf = async (of: Program, states: string): Promise<readonly AlertNode[]> => {
    const all: AlertNode[] = [];
    let after: string | null = null;
    do {
      const page: Page = await of.graphql<Page>(
        `query ($after: String) { alerts(first: 200, after: $after, filter: { states: [${states}] }) { pageInfo { hasNextPage endCursor } edges { node { id name state startsAt firedAt acknowledgement { note } history(last: 200) { kind at note } } } } }`,
        { after },
      );
      all.push(...page.alerts.edges.map(({ node }) => node));
      after = page.alerts.pageInfo.hasNextPage ? page.alerts.pageInfo.endCursor : null;
    } while (after !== null);
    return all;
  };

  /** Takes alerts in hand until it is killed; what the server has confirmed is kept. */
  async function acknowledge(of: Program, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await sleep(random() * 200);
      try {
        const firing = await alertsOf(of, 'FIRING');
        const one = firing[Math.floor(random() * firing.length)];
        if (one === undefined) continue;
        const note = `note ${acknowledged.size}-${Math.floor(random() * 1e9)}`;
        const { acknowledgeAlert } = await of.graphql<{ acknowledgeAlert: { __typename: string } }>(
          'mutation ($id: ID!, $note: String) { acknowledgeAlert(id: $id, note: $note) { __typename } }',
          { id: one.id, note },
        );
        if (acknowledgeAlert.__typename === 'Alert') acknowledged.set(note, one.id);
      } catch {
        // It was killed: this one was not confirmed.
      }
    }
  }

  async function liveAndDie(): Promise<void> {
    const running = (program = await start());
    const waiting = await alertsOf(running, 'PENDING, FIRING');
    expect(startsOf(waiting), 'alerts that wait go on from where they were').toMatchObject(begun);
    begun = { ...begun, ...startsOf(waiting) };
    let over = false;
    const following = witness.follow(running);
    const acknowledging = acknowledge(running, () => over);
    if (random() < 0.3) await simulator.fault({ fault: 'stall', feed: 'ticker' });
    else if (random() < 0.5) await simulator.endFaults();
    await sleep(random() * longestRunMs);
    running.signal('SIGKILL');
    over = true;
    await running.ended;
    (runs.at(-1) as Run).endedAt = Date.now();
    await Promise.all([following, acknowledging]);
  }

  /** Start times of the alerts that wait long, by name: they begin once and never anew. */
  let begun: Record<string, string> = {};
  const startsOf = (alerts: readonly AlertNode[]): Record<string, string> =>
    Object.fromEntries(alerts.filter(({ name }) => /^After/.test(name)).map(({ name, startsAt }) => [name, startsAt]));

  it(`loses nothing and tells nothing twice under another key, ${kills} times`, async () => {
    for (let i = 0; i < kills; i++) await liveAndDie();

    // The rules are taken away, so that everything ends and is told.
    await simulator.endFaults();
    await writeFile(`${folder.path}/rules.yaml`, calmRules);
    const last = (program = await start());
    const following = witness.follow(last);
    const toldResolved = (): Set<string> => toldIds('resolved');
    const ended = await until('every alert has ended', 30_000, async () => {
      const all = await alertsOf(last, 'PENDING, FIRING, RESOLVED, INACTIVE');
      return all.every(({ state }) => ['RESOLVED', 'INACTIVE'].includes(state)) && all;
    });
    const fired = ended.filter(({ firedAt }) => firedAt !== null);
    await until('every end is told', 30_000, () => fired.every(({ id }) => toldResolved().has(id)));
    await sleep(2_000);
    expect(await last.stop()).toEqual({ code: 0, signal: null });
    await following;
    process.stdout.write(
      `${kills} kills, ${ended.length} alerts, ${fired.length} fired, ${witness.events.length} events, ${acknowledged.size} acknowledgements, ${webhook.deliveries.length} deliveries under ${new Set(webhook.deliveries.map(({ key }) => key)).size} keys\n`,
    );

    expect(fired.length).toBeGreaterThan(50);
    expect(acknowledged.size).toBeGreaterThan(50);
    expectAcknowledgements(ended);
    expectHistory(ended);
    expectTold(fired);
    expectTimers(ended);
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

  function expectAcknowledgements(alerts: readonly AlertNode[]): void {
    const notes = alerts.flatMap(({ id, history }) => history.map(({ note }) => `${id} ${note ?? ''}`));
    for (const [note, id] of acknowledged)
      expect(
        notes.filter((one) => one === `${id} ${note}`),
        note,
      ).toHaveLength(1);
  }

  /** Each transition once, in an order that can be, and exactly what the witness saw. */
  function expectHistory(alerts: readonly AlertNode[]): void {
    for (const { name, history } of alerts) {
      const kinds = history.map(({ kind }) => kind).filter((kind) => kind !== 'ACKNOWLEDGED');
      expect(kinds.join(' '), name).toMatch(/^(PENDING )?(FIRING RESOLVED|INACTIVE)$/);
    }
    const kept = alerts.flatMap(({ id, history }) => history.map(({ kind, at }) => `${at} ${id} ${kind}`));
    const seen = witness.events.map(({ alertId, kind, at }) => `${at} ${alertId} ${kind}`);
    expect([...seen].sort()).toEqual([...kept].sort());
    expect(new Set(witness.events.map(({ cursor }) => cursor)).size).toBe(witness.events.length);
  }

  /** Everybody was told of every beginning and every end; a repeat carries the key and the words of the first. */
  function expectTold(fired: readonly AlertNode[]): void {
    const words = new Map(webhook.deliveries.map(({ key, body }) => [key, JSON.stringify(body)]));
    for (const { key, body } of webhook.deliveries) expect(JSON.stringify(body), key).toBe(words.get(key));
    expect(webhook.deliveries.length - words.size).toBeLessThanOrEqual(kills * 2);
    for (const status of ['firing', 'resolved'])
      for (const { id, name } of fired) {
        const keys = new Set(
          webhook.deliveries.flatMap(({ key, body }) =>
            body.alerts.some((alert) => alert.id === id && alert.status === status) ? [key] : [],
          ),
        );
        expect([...keys], `${name} ${id} ${status}`).toHaveLength(1);
      }
  }

  function toldIds(status: string): Set<string> {
    return new Set(
      webhook.deliveries.flatMap(({ body }) =>
        body.alerts.filter((alert) => alert.status === status).map(({ id }) => id),
      ),
    );
  }

  /** Fired when it was due, or, when that fell into a pause, with the first ticks after it. */
  function expectTimers(alerts: readonly AlertNode[]): void {
    for (const delay of delays) {
      const episodes = alerts.filter(({ name }) => name === `After${delay}`);
      expect(episodes, `After${delay}`).toHaveLength(1);
      const [{ startsAt, firedAt }] = episodes as [AlertNode];
      const due = Date.parse(startsAt) + delay * 1_000;
      const up = runs.find(({ endedAt }) => endedAt > due);
      const late = Date.parse(firedAt ?? '') - Math.max(due, up?.readyAt ?? due);
      expect(Date.parse(firedAt ?? ''), `After${delay}`).toBeGreaterThanOrEqual(due);
      // A run may be killed before its next tick, and then the one after it fires.
      const next = runs.find(({ endedAt }) => endedAt > due + 1_500) as Run;
      expect(late, `After${delay}`).toBeLessThanOrEqual(Math.max(0, next.readyAt - due) + 2_500);
    }
  }
});

interface Page {
  readonly alerts: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly { readonly node: AlertNode }[];
  };
}

/** mulberry32 */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
