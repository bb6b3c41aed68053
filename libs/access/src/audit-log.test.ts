import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditLog } from './audit-log.js';
import { type AccessTables, accessMigrations } from './tables.js';

describe('AuditLog', () => {
  let database: Database;
  let log: AuditLog;
  let tables: Kysely<AccessTables>;
  beforeEach(async () => {
    database = await openTestDatabase(accessMigrations);
    tables = database.tables<AccessTables>();
    log = new AuditLog({ database, clock: new FakeClock(), logger: new RecordingLogger() });
  });
  afterEach(() => database.close());

  const fill = async (count: number): Promise<void> => {
    for (let i = 1; i <= count; i++) {
      void log.record({
        ...{ at: i * 1000, who: 'desk', role: 'operator', address: '127.0.0.1', what: 'acknowledgeAlert' },
        ...{ target: `a${i}`, detail: { note: `n${i}` }, outcome: i % 2 === 0 ? 'refused' : 'done' },
        ...(i % 2 === 0 ? { code: 'NOT_FOUND' } : {}),
      });
    }
    await log.record({ at: count * 1000, who: 'admin', what: 'reloadConfig', outcome: 'failed' });
  };

  it('gives back what was told, newest first, page by page', async () => {
    await fill(3);
    const first = await log.page({ first: 3 });
    expect(first).toMatchObject({ ok: true, value: { hasNextPage: true } });
    const after = first.ok ? first.value.items.at(-1)?.cursor : undefined;
    const second = await log.page({ first: 3, after: after ?? '' });
    const entries = [first, second].flatMap((page) => (page.ok ? page.value.items.map(({ node }) => node) : []));
    expect(entries.map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
    expect(entries[2]).toEqual({
      ...{ seq: 2, at: 2000, who: 'desk', role: 'operator', address: '127.0.0.1', what: 'acknowledgeAlert' },
      ...{ target: 'a2', detail: { note: 'n2' }, outcome: 'refused', code: 'NOT_FOUND' },
    });
    const late = await log.page({ first: 9, since: 3000 });
    expect(late.ok && late.value.items.map(({ node }) => node.seq)).toEqual([4, 3]);
    expect(await log.page({ first: 1, after: 'x' })).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT' } });
  });

  it('is intact as it was written, empty and with more entries than are read at once', async () => {
    expect(await log.verify()).toEqual({ intact: true, entries: 0 });
    await fill(1500);
    expect(await log.verify()).toEqual({ intact: true, entries: 1501 });
  });

  it('finds an entry that was changed, in whatever column, or taken out, wherever it stood', async () => {
    await fill(9);
    const rows = await tables.selectFrom('audit_entry').selectAll().orderBy('seq').execute();
    const changes = fc.constantFrom(
      { at: 1 },
      { who: 'nobody' },
      { role: 'admin' as const },
      { address: null },
      { what: 'x' },
      { target: 'b' },
      { detail: '{"note":"other"}' },
      { outcome: 'failed' as const, code: 'X' },
      { code: 'OTHER' },
      { hash: '0'.repeat(64) },
      'removed' as const,
    );
    const property = fc.asyncProperty(fc.integer({ min: 1, max: rows.length }), changes, async (seq, change) => {
      const row = rows[seq - 1];
      if (row === undefined) return;
      // What stands there already is no change.
      fc.pre(
        change === 'removed' || Object.entries(change).some(([key, value]) => row[key as keyof typeof row] !== value),
      );
      if (change === 'removed') await tables.deleteFrom('audit_entry').where('seq', '=', seq).execute();
      else await tables.updateTable('audit_entry').set(change).where('seq', '=', seq).execute();
      const found = await log.verify();
      await tables.deleteFrom('audit_entry').where('seq', '=', seq).execute();
      await tables.insertInto('audit_entry').values(row).execute();
      expect(found).toMatchObject({ intact: false, fault: { seq } });
    });
    await fc.assert(property, { numRuns: 120 });
    expect(await log.verify()).toEqual({ intact: true, entries: 10 });
  });

  it('finds a log that was emptied, and entries that were put in', async () => {
    await fill(2);
    const [, , last] = await tables.selectFrom('audit_entry').selectAll().orderBy('seq').execute();
    if (last === undefined) throw new Error('no entry');
    await tables.updateTable('audit_head').set({ seq: 4 }).execute();
    await tables
      .insertInto('audit_entry')
      .values({ ...last, seq: 4 })
      .execute();
    expect(await log.verify()).toMatchObject({ intact: false, fault: { seq: 4 } });
    await tables.deleteFrom('audit_entry').execute();
    expect(await log.verify()).toMatchObject({ intact: false, fault: { seq: 1 } });
  });
});
