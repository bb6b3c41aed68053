import { StartError } from '@tapewatch/model';
import { WorkerConnection } from './worker-connection.js';

const busy = 5;
const locked = 6;
const corrupt = 11;
const cannotOpen = 14;
const notADatabase = 26;

/**
 * Opens the file for this process alone: WAL, every commit synced to the disk, and an exclusive lock that a second process meets at once.
 * Throws a StartError that names the file and what to do.
 */
export async function openSqlite(path: string): Promise<WorkerConnection> {
  const connection = new WorkerConnection(path);
  try {
    await connection.execute('pragma busy_timeout = 0');
    await connection.execute('pragma locking_mode = exclusive');
    await connection.execute('pragma journal_mode = wal');
    await connection.execute('pragma synchronous = full');
    await connection.execute('pragma foreign_keys = on');
    // The lock is taken by the first write, so write nothing.
    await connection.execute('begin exclusive');
    await connection.execute('commit');
    return connection;
  } catch (thrown) {
    await connection.close();
    throw startError(path, thrown);
  }
}

function startError(path: string, thrown: unknown): StartError {
  // Extended result codes carry the primary one in their lowest byte.
  const code = ((thrown as { code?: number }).code ?? 0) & 0xff;
  const because = { cause: thrown };
  if (code === busy || code === locked) {
    return new StartError(
      'DATA_DIR_IN_USE',
      `${path} is in use by another tapewatch process. Stop that one, or give this one another data folder (data_dir or TAPEWATCH_DATA_DIR).`,
      because,
    );
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === corrupt || code === notADatabase) {
    return new StartError(
      'DATA_UNREADABLE',
      `${path} is damaged (${reason}). Move it away to start afresh, or put back a copy; nothing was changed.`,
      because,
    );
  }
  const remedy = code === cannotOpen ? 'Is its folder there, and may this user write to it?' : 'Nothing was changed.';
  return new StartError('DATA_UNREADABLE', `${path} cannot be opened (${reason}). ${remedy}`, because);
}
