import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

describe('GroupCommit', () => {
  it('writes what is asked for in one turn, and what comes while it writes, together', async () => {
    const batches: (readonly number[])[] = [];
    let release = (): void => undefined;
    const commit = new GroupCommit<number>(async (batch) => {
      batches.push(batch);
      await new Promise<void>((resolve) => (release = resolve));
    });
    const first = Promise.all([commit.add(1), commit.add(2)]);
    await Promise.resolve();
    await Promise.resolve();
    const later = Promise.all([commit.add(3), commit.add(4)]);
    expect(batches).toEqual([[1, 2]]);
    release();
    await first;
    await Promise.resolve();
    release();
    await later;
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('writes everything in order and tells each whether it was written, whatever cannot be', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ bad: fc.boolean(), pause: fc.boolean() }), { maxLength: 20 }),
        async (items) => {
          const written: number[] = [];
          const commit = new GroupCommit<number>(async (batch) => {
            await Promise.resolve();
            if (batch.some((i) => items[i]?.bad === true)) throw new Error('cannot be written');
            written.push(...batch);
          });
          const results: Promise<boolean>[] = [];
          for (const [i, { pause }] of items.entries()) {
            results.push(
              commit.add(i).then(
                () => true,
                () => false,
              ),
            );
            if (pause) await Promise.resolve();
          }
          expect(await Promise.all(results)).toEqual(items.map(({ bad }) => !bad));
          expect(written).toEqual(items.flatMap(({ bad }, i) => (bad ? [] : [i])));
        },
      ),
    );
  });
});
