import { accepted } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { EvaluationTurns } from './evaluation-turns.js';

describe('EvaluationTurns', () => {
  it('evaluates one in each turn of the event loop, in the order in which they were asked for', async () => {
    const turns = new EvaluationTurns();
    const evaluated: number[] = [];
    const answers = [1, 2, 3, 4].map((i) => turns.ask(() => accepted(evaluated.push(i))));
    expect(evaluated).toEqual([]);
    const perTurn: number[] = [];
    while (evaluated.length < 4) {
      const before = evaluated.length;
      await new Promise((resolve) => setImmediate(resolve));
      perTurn.push(evaluated.length - before);
    }
    expect(Math.max(...perTurn)).toBe(1);
    expect(evaluated).toEqual([1, 2, 3, 4]);
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4].map(accepted));
  });

  it('lets a timer that is due run between two', async () => {
    const turns = new EvaluationTurns();
    const order: string[] = [];
    const busy = (name: string) => () => {
      const until = performance.now() + 5;
      while (performance.now() < until);
      return accepted(order.push(name));
    };
    setTimeout(() => order.push('tick'), 2);
    await Promise.all(Array.from({ length: 5 }, () => turns.ask(busy('query'))));
    expect(order.indexOf('tick')).toBeGreaterThanOrEqual(0);
    expect(order.indexOf('tick')).toBeLessThan(order.length - 1);
  });

  it('refuses those who ask while 50 wait, and takes them again afterwards', async () => {
    const turns = new EvaluationTurns();
    const waiting = Array.from({ length: 50 }, () => turns.ask(() => accepted(1)));
    expect(await turns.ask(() => accepted(1))).toMatchObject({ ok: false, refusal: { code: 'UNAVAILABLE' } });
    const update = turns.run(() => 2);
    await Promise.all(waiting);
    expect(await update).toBe(2);
    expect(await turns.ask(() => accepted(1))).toEqual(accepted(1));
  });

  it('goes on after an evaluation that throws', async () => {
    const turns = new EvaluationTurns();
    const failing = turns.ask(() => {
      throw new Error('bug');
    });
    await expect(failing).rejects.toThrow('bug');
    expect(await turns.ask(() => accepted(1))).toEqual(accepted(1));
  });
});
