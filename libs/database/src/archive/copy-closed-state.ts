import { stat } from 'node:fs/promises';
import { StartError } from '@tapewatch/model';
import { openSqlite } from '../sqlite/open-sqlite.js';
import type { FileCopy } from '../sqlite/protocol.js';

/**
 * Copies a state file that no program has open, whatever version wrote it; its schema stays as it is. Throws StartError: in use, damaged,
 * or not there.
 */
export async function copyClosedState(path: string, to: string): Promise<FileCopy> {
  if (!(await isThere(path))) throw new StartError('NOT_FOUND', `there is no state at ${path}`);
  const { connection } = await openSqlite(path, '.damaged');
  try {
    return await connection.copy(to);
  } finally {
    await connection.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
