import { StartError } from '@tapewatch/model';
import type { Opening } from './protocol.js';
import { WorkerConnection } from './worker-connection.js';

/** The file cannot be believed. It was left as it was. */
export class DamagedStateError extends StartError {
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(
      'DATA_UNREADABLE',
      `${path} is damaged (${reason}). Move it away to start afresh, or put back a copy; nothing was changed.`,
    );
    this.reason = reason;
  }
}

export interface OpenedSqlite {
  readonly connection: WorkerConnection;
  /** Changes that had been kept and are no longer there, in words. */
  readonly lost: string | undefined;
}

/**
 * Opens the file for this process alone: WAL, every commit synced to the disk, and a lock that a second process meets at once.
 * Makes one where there is none, unless `mustExist`. Throws a StartError that names the file and what to do.
 */
export async function openSqlite(path: string, damagedSuffix: string, mustExist = false): Promise<OpenedSqlite> {
  const connection = new WorkerConnection(path, damagedSuffix, mustExist);
  const opening = await connection.opening;
  if (opening.state === 'open') return { connection, lost: opening.lost };
  await connection.close();
  throw startError(path, opening);
}

const remedies = {
  'cannot open': 'Is its folder there, and may this user write to it?',
  'disk full': 'Free some space where the data folder is, and start again; nothing was changed.',
  other: 'Nothing was changed.',
} as const;

export function inUse(path: string): StartError {
  return new StartError(
    'DATA_DIR_IN_USE',
    `${path} is in use by another tapewatch process. Stop that one, or give this one another data folder (data_dir or TAPEWATCH_DATA_DIR).`,
  );
}

function startError(path: string, opening: Exclude<Opening, { state: 'open' }>): StartError {
  switch (opening.state) {
    case 'in use':
      return inUse(path);
    case 'damaged':
      return new DamagedStateError(path, opening.reason);
    case 'foreign':
      return new StartError(
        'DATA_UNREADABLE',
        `${path} is the database of another program. Give tapewatch a data folder of its own (data_dir or TAPEWATCH_DATA_DIR); nothing was changed.`,
      );
    case 'failed': {
      const remedy = remedies[opening.because ?? 'other'];
      return new StartError('DATA_UNREADABLE', `${path} cannot be opened (${opening.message}). ${remedy}`);
    }
  }
}
