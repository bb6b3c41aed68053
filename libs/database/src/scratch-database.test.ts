import { describe, expect, it } from 'vitest';
import type { Migration } from './migrations.js';
import { openScratchDatabase } from './scratch-database.js';

interface Tables {
  readonly word: { readonly text: string };
}

const migrations: readonly Migration[] = [
  {
    name: '2026-01-01-test-create',
    up: (database) =>
      database.schema
        .createTable('word')
        .addColumn('text', 'text', (column) => column.primaryKey())
        .execute(),
  },
];

describe('openScratchDatabase', () => {
  it('has done what was asked of it before the event loop turns', async () => {
    const database = await openScratchDatabase(migrations);
    const begun = Array.from({ length: 50 }, (_, i) =>
      database.transaction(async (transaction) => {
        await transaction
          .tables<Tables>()
          .insertInto('word')
          .values({ text: `${i}` })
          .execute();
        return transaction.tables<Tables>().selectFrom('word').selectAll().execute();
      }),
    );
    let ended = 0;
    for (const work of begun) void work.then(() => ended++);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(50);
    expect(await begun[49]).toHaveLength(50);
    await database.close();
  });

  it('rolls a transaction back whose work rejects, and serves the next', async () => {
    const database = await openScratchDatabase(migrations);
    const broken = database.transaction(async (transaction) => {
      await transaction.tables<Tables>().insertInto('word').values({ text: 'a' }).execute();
      await transaction.tables<Tables>().insertInto('word').values({ text: 'a' }).execute();
    });
    await expect(broken).rejects.toThrow('UNIQUE');
    expect(await database.tables<Tables>().selectFrom('word').selectAll().execute()).toEqual([]);
    await database.close();
  });

  it('shares nothing with another', async () => {
    const [one, other] = [await openScratchDatabase(migrations), await openScratchDatabase(migrations)];
    await one.tables<Tables>().insertInto('word').values({ text: 'a' }).execute();
    expect(await other.tables<Tables>().selectFrom('word').selectAll().execute()).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });
});
