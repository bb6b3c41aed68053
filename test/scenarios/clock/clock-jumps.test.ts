import { afterEach, describe, expect, it } from 'vitest';
import { ClockWorld, type WorldOptions } from './clock-world.js';
import { desk } from './desk/index.js';

let world: ClockWorld;
afterEach(() => world.stop());

const toDesk = 'route: { receiver: desk }';
const rulesOf = (...rules: readonly string[]): string => `[{ name: g, rules: [${rules.join(', ')}] }]`;
const high = '{ alert: High, expr: bot_load > 1 }';

async function open({ config = toDesk, ...options }: WorldOptions): Promise<ClockWorld> {
  const receivers = 'receivers: [{ name: desk, desk_configs: [{}] }, { name: lead, desk_configs: [{}] }]';
  world = await ClockWorld.open({ ...options, config: `${receivers}\n${config}\n` });
  return world;
}

/** Of the only alert there is. */
async function onlyAlert() {
  const page = await world.pipeline.read.alerts({ first: 2 });
  if (!page.ok || page.value.items.length !== 1) throw new Error('there is not just one alert');
  return page.value.items[0]!.node;
}

describe.each([1, -1])('a wall clock that is set by %i h', { timeout: 60_000 }, (hours) => {
  // While labels wait for a wall clock that was set back, ticks come 5 % slower.
  const slower = (seconds: number): number => Math.ceil(seconds * (hours < 0 ? 1.06 : 1)) + 1;

  it('neither hurries nor holds an alert that waits for its time', async () => {
    await open({ groups: rulesOf('{ alert: High, expr: bot_load > 1, for: 60s }') });
    world.pushed['bot.load'] = 2;
    await world.pass(30);
    world.jump(hours);
    await world.pass(29);
    expect(await world.names('pending')).toEqual(['High']);
    await world.pass(slower(31) - 29);
    expect(await world.names('firing')).toEqual(['High']);
    expect(world.told.map((line) => line.replace(/^@\d+ /, ''))).toEqual(['desk firing High']);
  });

  it('neither hurries nor holds the end of an alert that goes on firing for a while', async () => {
    await open({ groups: rulesOf('{ alert: High, expr: bot_load > 1, keep_firing_for: 60s }') });
    world.pushed['bot.load'] = 2;
    await world.pass(10);
    world.pushed['bot.load'] = 0;
    await world.pass(10);
    world.jump(hours);
    await world.pass(48);
    expect(await world.names('firing')).toEqual(['High']);
    await world.pass(slower(52) - 48);
    expect(await world.names('firing')).toEqual([]);
  });

  it('ends no alert that fires, whatever its rule looks at, and begins none', async () => {
    const rules = [
      high,
      '{ alert: Rate, expr: "rate(bot_errors[2m]) > 0.5" }',
      '{ alert: Before, expr: bot_load offset 1m > 1 }',
      '{ alert: Own, expr: "rate(tapewatch_samples_total[2m]) > 0" }',
      '{ alert: Quiet, expr: "rate(bot_errors[2m]) > 100" }',
      '{ alert: Gone, expr: absent(bot_load) }',
      '{ alert: GoneWhile, expr: "absent_over_time(bot_load[1m])" }',
      '{ alert: Old, expr: "time() - timestamp(bot_load) > 30" }',
    ];
    await open({ groups: rulesOf(...rules) });
    world.pushEveryMs = 10_000;
    world.pushed['bot.load'] = 2;
    for (let second = 0; second < 154; second++) {
      world.pushed['bot.errors'] = second;
      await world.pass(1);
    }
    const before = ['Before', 'High', 'Own', 'Rate'];
    expect(await world.names('firing')).toEqual(before);
    const events = world.events.length;
    world.jump(hours);
    for (let second = 154; second < 350; second++) {
      world.pushed['bot.errors'] = second;
      await world.pass(1);
    }
    expect(world.events.slice(events).map(({ kind, alertId }) => `${kind} ${alertId}`)).toEqual([]);
    expect(await world.names('firing')).toEqual(before);
  });

  it('fires none of the shipped rules about the program itself', async () => {
    await open({ shippedRules: true });
    await world.pass(90);
    expect(await world.names('firing')).toEqual([]);
    world.jump(hours);
    await world.pass(120);
    expect([...(await world.names('firing')), ...(await world.names('pending'))]).toEqual([]);
  });

  it('repeats at the interval', async () => {
    await open({ groups: rulesOf(high), config: 'route: { receiver: desk, repeat_interval: 2m }' });
    world.pushed['bot.load'] = 2;
    await world.pass(60);
    world.jump(hours);
    await world.pass(58);
    expect(world.told).toHaveLength(1);
    await world.pass(62);
    expect(world.told.map((line) => line.replace(/@\d+ /, ''))).toEqual(['desk firing High', 'desk firing High']);
    expect(Number(/\d+/.exec(world.told[1] ?? '')?.[0])).toBeLessThanOrEqual(122);
  });

  it('keeps group_wait and group_interval', async () => {
    await open({
      groups: rulesOf(high, '{ alert: Low, expr: bot_low > 1 }'),
      config: 'route: { receiver: desk, group_by: [], group_wait: 30s, group_interval: 60s }',
    });
    world.pushed['bot.load'] = 2;
    await world.pass(20);
    world.jump(hours);
    await world.pass(20);
    expect(world.told).toHaveLength(1);
    world.jump(hours);
    world.pushed['bot.low'] = 2;
    await world.pass(40);
    expect(world.told).toHaveLength(1);
    await world.pass(20);
    expect(world.told.map((line) => Number(/\d+/.exec(line)?.[0]))).toEqual([31, 91]);
  });

  it('takes a step of an escalation when its time has passed', async () => {
    await open({
      groups: rulesOf(high),
      config: 'route: { receiver: desk, escalate: [{ after: 60s, receiver: lead }] }',
    });
    world.pushed['bot.load'] = 2;
    await world.pass(30);
    world.jump(hours);
    await world.pass(28);
    expect(world.told).toHaveLength(1);
    await world.pass(5);
    expect(world.told.map((line) => line.split(' ')[1])).toEqual(['desk', 'lead']);
  });

  it('ends an alert of another program when nobody has sent it for the resolve timeout', async () => {
    await open({ config: `${toDesk}\nalerts: { resolve_timeout: 60s }` });
    await world.pass(5);
    const posted = { labels: { alertname: 'Posted' }, annotations: {} };
    const sent = world.pipeline.commands.postAlerts([posted]);
    await world.pass(30);
    expect((await sent).ok).toBe(true);
    world.jump(hours);
    await world.pass(20);
    void world.pipeline.commands.postAlerts([posted]);
    await world.pass(58);
    expect(await world.names('firing')).toEqual(['Posted']);
    await world.pass(5);
    expect(await world.names('firing')).toEqual([]);
    expect(world.told.map((line) => line.replace(/@\d+ /, ''))).toEqual(['desk firing Posted', 'desk resolved Posted']);
  });

  it('runs checks at their interval, and what they find fires', async () => {
    const expr = 'health_check_status{status=\\"unhealthy\\"} == 1';
    await open({ groups: rulesOf(`{ alert: Unwell, expr: "${expr}" }`) });
    await world.pass(25);
    world.jump(hours);
    const runs = desk.checks;
    await world.pass(30);
    expect(desk.checks - runs).toBe(3);
    expect(world.events).toEqual([]);
    desk.found = { status: 'unhealthy' };
    await world.pass(15);
    expect(await world.names('firing')).toEqual(['Unwell']);
  });
});

describe('what has an end by the wall clock', { timeout: 60_000 }, () => {
  const inMinutes = (minutes: number): number => world.clock.now() + minutes * 60_000;

  it('is over when the wall clock says so: an acknowledgement', async () => {
    await open({ groups: rulesOf(high) });
    world.pushed['bot.load'] = 2;
    await world.pass(10);
    const acknowledge = async (): Promise<void> => {
      const { id } = await onlyAlert();
      const until = inMinutes(30);
      const done = world.pipeline.commands.acknowledgeAlert(id, { by: 'kim', until });
      await world.pass(5);
      expect((await done).ok).toBe(true);
    };
    await acknowledge();
    world.jump(-1);
    await world.pass(10);
    expect((await onlyAlert()).acknowledgement).toMatchObject({ by: 'kim' });
    // Also one that is given while the labels of ticks are ahead of the wall clock.
    await acknowledge();
    expect((await onlyAlert()).acknowledgement).toMatchObject({ by: 'kim' });
    world.jump(1);
    await world.pass(3);
    expect((await onlyAlert()).acknowledgement).toBeUndefined();
  });

  it('is over when the wall clock says so, and holds again when it is set back: a silence', async () => {
    await open({ groups: rulesOf(high) });
    world.pushed['bot.load'] = 2;
    await world.pass(10);
    const times = { startsAt: inMinutes(0), endsAt: inMinutes(30) };
    const made = world.pipeline.commands.setSilence({
      ...{ ...times, matchers: ['alertname=High'], createdBy: 'kim', comment: 'works' },
    });
    await world.pass(3);
    expect((await made).ok).toBe(true);
    expect((await onlyAlert()).silencedBy).toHaveLength(1);
    world.jump(1);
    await world.pass(3);
    expect((await onlyAlert()).silencedBy ?? []).toEqual([]);
    world.jump(-1);
    await world.pass(3);
    expect((await onlyAlert()).silencedBy).toHaveLength(1);
    expect((await onlyAlert()).state).toBe('firing');
  });
});
