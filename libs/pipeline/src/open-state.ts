import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { accessMigrations } from '@tapewatch/access';
import { alertMigrations } from '@tapewatch/alerts';
import { openDatabase, type Database, type Migration } from '@tapewatch/database';
import { healthMigrations } from '@tapewatch/health';
import { messageOf, StartError } from '@tapewatch/model';
import { notifyMigrations } from '@tapewatch/notify';
import { reportMigrations } from '@tapewatch/reporting';

const stateFile = 'state.db';

/** The schema of every stage that keeps something. */
export const stateMigrations: readonly Migration[] = [
  ...alertMigrations,
  ...notifyMigrations,
  ...healthMigrations,
  ...accessMigrations,
  ...reportMigrations,
];

/** Opens and locks the state of a data folder, which is made when it is not there. Throws StartError. */
export async function openState(dataDir: string): Promise<Database> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw new StartError('DATA_UNREADABLE', `the data folder ${dataDir} cannot be made: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  return openDatabase({ path: join(dataDir, stateFile), migrations: stateMigrations });
}
