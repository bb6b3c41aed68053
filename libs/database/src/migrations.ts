import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { messageOf, StartError } from '@tapewatch/model';

/** One step of the schema, owned by a stage. Once released it never changes. */
export interface Migration {
  /** `YYYY-MM-DD-stage-what`: steps run in the order of their names. */
  readonly name: string;
  up(database: Kysely<unknown>): Promise<void>;
}

export interface MigrateOptions {
  readonly path: string;
  readonly migrations: readonly Migration[];
  /** Called with the first step that is to run on a file that has some already. */
  readonly before: (firstStep: string) => Promise<void>;
}

/** Brings the schema up to date; each step wholly or not at all. */
export async function migrate(database: Kysely<unknown>, { path, migrations, before }: MigrateOptions): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: {
      getMigrations: () =>
        Promise.resolve(Object.fromEntries(migrations.map((migration) => [migration.name, migration]))),
    },
    allowUnorderedMigrations: true,
  });
  const known = new Set(migrations.map(({ name }) => name));
  const executed = await executedIn(database);
  const foreign = executed.filter((name) => !known.has(name));
  if (foreign.length > 0) {
    throw new StartError(
      'DATA_NEWER',
      `${path} was written by a newer version (it has ${foreign.join(', ')}). Start that version, or give this one another data folder; nothing was changed.`,
    );
  }
  const [firstStep] = [...known].filter((name) => !executed.includes(name)).sort();
  if (executed.length > 0 && firstStep !== undefined) await before(firstStep);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new StartError(
      'DATA_UNREADABLE',
      `the schema of ${path} cannot be brought up to date: ${messageOf(error)}. It was left as it was.`,
      { cause: error },
    );
  }
}

async function executedIn(database: Kysely<unknown>): Promise<readonly string[]> {
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const typed = database as unknown as Kysely<{ kysely_migration: { name: string } }>;
  const rows = await typed.selectFrom('kysely_migration').select('name').execute();
  return rows.map(({ name }) => name);
}
