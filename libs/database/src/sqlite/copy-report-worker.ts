import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** What is in a copy of a state file that nobody has open. */
export interface CopyReport {
  /** "ok", or the first thing that is wrong. */
  readonly integrity: string;
  /** Records by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly migrations: readonly string[];
}

/* A thread of its own, as looking through a large file takes seconds. It imports nothing by value but node's own. */
const { path } = workerData as { path: string };

function reportOn(database: DatabaseSync): CopyReport {
  const { integrity_check: integrity } = database.prepare('pragma integrity_check(1)').get() as {
    integrity_check: string;
  };
  const tables = namesIn(database, "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'");
  const own = tables.filter((name) => !name.startsWith('kysely_'));
  const rows = own.map((name): [string, number] => {
    const found = database.prepare(`select count(*) as count from "${name.replaceAll('"', '""')}"`).get();
    return [name, Number(found?.['count'] ?? 0)];
  });
  const migrations = tables.includes('kysely_migration')
    ? namesIn(database, 'select name from kysely_migration order by name')
    : [];
  return { integrity, rows: Object.fromEntries(rows), migrations };
}

function namesIn(database: DatabaseSync, query: string): readonly string[] {
  return database
    .prepare(query)
    .all()
    .map(({ name }) => String(name));
}

try {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    parentPort?.postMessage(reportOn(database));
  } finally {
    database.close();
  }
} catch (thrown) {
  const integrity = thrown instanceof Error ? thrown.message : String(thrown);
  parentPort?.postMessage({ integrity, rows: {}, migrations: [] } satisfies CopyReport);
}
