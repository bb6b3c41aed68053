import { copyFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartError, type Logger } from '@tapewatch/model';
import { Backups, type Backup } from './backups/backups.js';
import { setAside, stamp } from './backups/set-aside.js';
import { openDatabase, type KeptDatabase } from './database.js';
import type { Migration } from './migrations.js';
import { DamagedStateError } from './sqlite/open-sqlite.js';

export interface OpenStateOptions {
  readonly path: string;
  readonly migrations: readonly Migration[];
  readonly now: () => number;
  readonly logger: Logger;
  readonly reopened?: () => void;
}

/** What was lost before this start, and what was done about it. */
export interface StateLoss {
  /** One sentence for people. */
  readonly message: string;
  /** Files that were set aside. */
  readonly setAside: readonly string[];
  /** When the state that is used now was kept; undefined when it began anew, or goes on from the damaged log. */
  readonly restoredFrom?: number;
}

export interface OpenState {
  readonly database: KeptDatabase;
  readonly backups: Backups;
  readonly loss: StateLoss | undefined;
}

/** Where the program's own backups of a state file lie. */
export function backupsFolder(path: string): string {
  return join(dirname(path), 'backups');
}

/**
 * Opens the state, whatever has become of it: a damaged file is set aside (one that is empty or missing counts as damaged where there has been
 * a state), the newest good backup takes its place, and without one a new
 * file. A monitor that does not start at night would be worse; what was lost is told. Throws StartError for what a person has to decide: in use,
 * another program's file, written by a newer version.
 */
export async function openState(options: OpenStateOptions): Promise<OpenState> {
  const { path, logger } = options;
  const backups = new Backups(backupsFolder(path));
  const suffix = `.damaged-${stamp(options.now())}`;
  const open = (mustExist: boolean): Promise<KeptDatabase> => openWithBackup(options, backups, suffix, mustExist);
  try {
    const database = await open((await backups.list()).length > 0);
    const loss = database.lost === undefined ? undefined : lossOfLog(path, database.lost, suffix);
    if (loss !== undefined) logger.error({ path }, loss.message);
    return { database, backups, loss };
  } catch (thrown) {
    if (!(thrown instanceof DamagedStateError)) throw thrown;
    const moved = await setAside(path, suffix);
    const restored = await openNewestGood(open, path, backups, logger);
    const loss = lossOfFile(path, thrown.reason, moved, restored?.backup);
    logger.error({ path, setAside: moved }, loss.message);
    return { database: restored?.database ?? (await open(false)), backups, loss };
  }
}

function openWithBackup(
  options: OpenStateOptions,
  backups: Backups,
  suffix: string,
  mustExist: boolean,
): Promise<KeptDatabase> {
  const { path, migrations, now, logger, reopened } = options;
  return openDatabase({
    path,
    migrations,
    damagedSuffix: suffix,
    mustExist,
    ...(reopened === undefined ? {} : { reopened }),
    beforeMigration: async (database, firstStep) => {
      const { path: to } = await backups.make(database, now(), true);
      logger.info({ backup: to, firstStep }, 'the state was copied before its schema is changed');
    },
  });
}

async function openNewestGood(
  open: (mustExist: boolean) => Promise<KeptDatabase>,
  path: string,
  backups: Backups,
  logger: Logger,
): Promise<{ readonly database: KeptDatabase; readonly backup: Backup } | undefined> {
  for (const backup of await backups.list()) {
    if (!(await backups.isGood(backup))) {
      logger.warn({ backup: backup.path }, 'the backup is damaged, too');
      continue;
    }
    await copyFile(backup.path, `${path}.partial`);
    await rename(`${path}.partial`, path);
    try {
      return { database: await open(true), backup };
    } catch (thrown) {
      if (!(thrown instanceof StartError)) throw thrown;
      logger.warn({ backup: backup.path, error: thrown.message }, 'the backup cannot be used');
      await rm(path, { force: true });
    }
  }
  return undefined;
}

function lossOfLog(path: string, lost: string, suffix: string): StateLoss {
  return {
    message: `${path}: ${lost}. Alerts, acknowledgements and notifications of the last minutes before the end may be missing or come again; what was kept before is there.`,
    setAside: lost.includes('damaged') ? [`${path}-wal${suffix}`] : [],
  };
}

const everything =
  'alerts with their acknowledgements and history, health history, notifications, tokens and sessions, the audit log, and reports';

function lossOfFile(path: string, reason: string, moved: readonly string[], backup: Backup | undefined): StateLoss {
  const kept = moved[0] === undefined ? '' : ` What there was of it was set aside as ${moved[0]}.`;
  if (backup === undefined)
    return {
      message: `${path} is damaged (${reason}).${kept} There is no good backup, so this start begins with an empty state. Lost are ${everything}. Alerts that still hold are told again, and tokens have to be made anew. "tapewatch restore FILE" puts a backup back.`,
      setAside: moved,
    };
  const at = new Date(backup.takenAt).toISOString();
  return {
    message: `${path} is damaged (${reason}).${kept} The backup of ${at} was put in its place: what changed after that is lost of ${everything}. Alerts that still hold may be told again. Tokens that were revoked after that are valid again: revoke them anew.`,
    setAside: moved,
    restoredFrom: backup.takenAt,
  };
}
