import { openSqlite } from '../sqlite/open-sqlite.js';
import type { FileCopy } from '../sqlite/protocol.js';

/**
 * Copies a state file that no program has open, whatever version wrote it; its schema stays as it is. Throws StartError: in use or damaged.
 * The file has to be there.
 */
export async function copyClosedState(path: string, to: string): Promise<FileCopy> {
  const { connection } = await openSqlite(path, '.damaged', true);
  try {
    return await connection.copy(to);
  } finally {
    await connection.close();
  }
}
