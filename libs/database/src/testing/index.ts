import { openDatabase, type Database } from '../database.js';
import type { Migration } from '../migrations.js';

/** A database in memory, in a worker of its own like the real one. Close it. */
export function openTestDatabase(migrations: readonly Migration[]): Promise<Database> {
  return openDatabase({ path: ':memory:', migrations });
}
