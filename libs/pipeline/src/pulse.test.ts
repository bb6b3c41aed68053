import { FakeClock } from '@tapewatch/model/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pulse } from './pulse.js';

describe('Pulse', () => {
  let clock: FakeClock;
  let pulse: Pulse;
  const state = { ownTickAt: 0, lastEvaluationAt: 0, alerts: true, notifications: true };
  const tick = (): void => {
    state.ownTickAt += 1_000;
    pulse.accept();
  };
  beforeEach(() => {
    clock = new FakeClock();
    Object.assign(state, { ownTickAt: clock.now(), lastEvaluationAt: clock.now(), alerts: true, notifications: true });
    pulse = new Pulse({
      clock,
      store: state as never,
      engine: { views: () => [{ name: 'g', intervalMs: 1_000, lastEvaluationAt: state.lastEvaluationAt }] } as never,
      alerts: {
        get durable() {
          return state.alerts;
        },
      } as never,
      notifier: {
        get durable() {
          return state.notifications;
        },
      } as never,
    });
  });

  it('beats from the first tick on, while all goes its way', () => {
    expect(pulse.fault()).toBe('nothing is measured');
    tick();
    expect(pulse.fault()).toBeUndefined();
    state.notifications = false;
    expect(pulse.fault()).toBe('notifications cannot be written');
    state.alerts = false;
    expect(pulse.fault()).toBe('alerts cannot be written');
  });

  it('misses rules that lag behind the ticks', () => {
    for (let i = 0; i < 18; i++) tick();
    expect(pulse.fault()).toBe('the rules of g are not evaluated');
  });

  it.each([3_600_000, -3_600_000])('goes by time that has passed when the wall clock is set by %i ms', async (byMs) => {
    tick();
    clock.jump(byMs);
    await clock.advance(15_000);
    expect(pulse.fault()).toBeUndefined();
    await clock.advance(1);
    expect(pulse.fault()).toBe('nothing is measured');
  });
});
