import { afterEach, describe, expect, it } from 'vitest';
import { ClockWorld } from './clock-world.js';

const minute = 60_000;
let world: ClockWorld;
afterEach(() => world.stop());

/** Begins two minutes before a time, with an alert that fires throughout. */
async function beforeTime(time: number, route: string, intervals: string): Promise<void> {
  world = await ClockWorld.open({
    begin: time - 2 * minute,
    groups: '[{ name: g, rules: [{ alert: High, expr: bot_load > 1 }] }]',
    config: `
receivers: [{ name: desk, desk_configs: [{}] }]
route: { receiver: desk, routes: [${route}] }
time_intervals: [{ name: window, time_intervals: [${intervals}] }]
`,
  });
  world.pushed['bot.load'] = 2;
}

const active = '{ matchers: [alertname=High], active_time_intervals: [window] }';
const muted = '{ matchers: [alertname=High], mute_time_intervals: [window] }';
const newYork = (times: string): string => `{ times: [${times}], location: America/New_York }`;
const officeHours = newYork("{ start_time: '09:00', end_time: '17:00' }");
const smallHours = newYork("{ start_time: '01:30', end_time: '03:30' }");

describe('time intervals of America/New_York, when its clocks change', { timeout: 60_000 }, () => {
  it.each([
    ['the day before summer time', Date.UTC(2026, 2, 7, 14)],
    ['the day it begins', Date.UTC(2026, 2, 8, 13)],
    ['the day before it ends', Date.UTC(2026, 9, 31, 13)],
    ['the day it ends', Date.UTC(2026, 10, 1, 14)],
  ])('open at 9 by the wall, %s', async (_what, nine) => {
    await beforeTime(nine, active, officeHours);
    await world.pass(110);
    expect(world.told).toEqual([]);
    await world.pass(15);
    expect(world.told).toEqual(['@120 desk firing High']);
    expect(await world.names('firing')).toEqual(['High']);
  });

  it('lose the hour that does not exist: 01:30 to 03:30 is over after one', async () => {
    await beforeTime(Date.UTC(2026, 2, 8, 7, 30), muted, smallHours);
    await world.pass(110);
    expect(world.told).toEqual([]);
    await world.pass(15);
    expect(world.told).toEqual(['@120 desk firing High']);
  });

  it('have the hour twice that exists twice: 01:30 to 03:30 pauses when it is 01:00 again', async () => {
    await beforeTime(Date.UTC(2026, 10, 1, 6), muted, smallHours);
    await world.pass(110);
    expect(world.told).toEqual([]);
    await world.pass(15);
    expect(world.told).toEqual(['@120 desk firing High']);
  });

  it('neither end nor begin an alert, nor restart what runs', async () => {
    await beforeTime(Date.UTC(2026, 2, 8, 7), active, officeHours);
    await world.pass(240);
    expect(world.events.map(({ kind }) => kind)).toEqual(['firing']);
    expect(world.told).toEqual([]);
    expect(world.logger.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });
});
