/* A program whose second step of the schema rewrites a table in many statements, slowly enough to be killed in the middle. */
import { openState } from '@tapewatch/database';
import { sql } from 'kysely';
const [path, target] = process.argv.slice(-2);
const first = {
  name: '2026-01-01-first',
  up: async (db) => {
    await sql`create table note (id integer primary key, text text)`.execute(db);
    await sql`insert into note with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) select i, 'note ' || i from n`.execute(
      db,
    );
  },
};
const second = {
  name: '2026-01-02-second',
  up: async (db) => {
    console.log('migrating');
    await sql`alter table note add column length integer`.execute(db);
    for (let i = 0; i <= 20000; i += 200)
      await sql`update note set length = length(text) where id between ${i} and ${i + 199}`.execute(db);
    await sql`create index note_by_length on note (length, id)`.execute(db);
  },
};
const logger = { debug() {}, info() {}, warn: console.error, error: console.error };
const migrations = target === 'second' ? [first, second] : [first];
const { database, loss } = await openState({ path, migrations, now: Date.now, logger });
if (loss !== undefined) throw new Error(loss.message);
await database.close();
