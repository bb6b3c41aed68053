import { Access } from '@tapewatch/access';
import { openDatabase } from '@tapewatch/database';
import type { Clock, Logger } from '@tapewatch/model';
import { KeptState, stateMigrations } from './kept-state.js';

export { localName, roles } from '@tapewatch/access';
export type { Access, AccessToken, AuditEntry, AuditVerification, Role } from '@tapewatch/access';

export interface OpenAccess {
  readonly access: Access;
  readonly close: () => Promise<void>;
}

/**
 * Tokens and audit log of a data folder on which no Tapewatch runs, without anything else being started; without a folder, ones in memory
 * alone. Throws StartError DATA_DIR_IN_USE when one runs.
 */
export async function openAccess(options: {
  readonly dataDir?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<OpenAccess> {
  const { dataDir, clock, logger } = options;
  const database =
    dataDir === undefined
      ? await openDatabase({ path: ':memory:', migrations: stateMigrations })
      : (await KeptState.open(dataDir, { clock, logger })).database;
  const access = await Access.open({ database, clock, logger });
  return {
    access,
    close: async () => {
      await access.stop();
      await database.close();
    },
  };
}
