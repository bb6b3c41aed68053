import { access, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@tapewatch/model';
import { setAside, stamp } from '../backups/set-aside.js';
import { isHeldByAnother, lockState } from '../kept-file/state-lock.js';
import { inUse } from '../sqlite/open-sqlite.js';
import { machineFault } from './machine-fault.js';
import { stateName, type ArchiveManifest } from './manifest.js';
import { openArchive, readArchive, type ReadArchiveOptions } from './read-archive.js';

export interface RestoreOptions extends Omit<ReadArchiveOptions, 'into'> {
  readonly dataDir: string;
  /** Also where there is a state already: it is set aside. */
  readonly force: boolean;
  readonly now: number;
}

export interface Restored {
  readonly manifest: ArchiveManifest;
  /** What was there before, under its new names. */
  readonly setAside: readonly string[];
}

/**
 * Puts an archive into a data folder that no program uses. All of it is checked before anything is touched, what was there is set aside and
 * never deleted, and the state comes last: what a kill leaves behind can be restored again. Throws StartError.
 */
export async function restoreArchive(options: RestoreOptions): Promise<Restored> {
  try {
    return await restoreWhole(options);
  } catch (thrown) {
    throw machineFault(thrown, `write to ${options.dataDir}`) ?? thrown;
  }
}

async function restoreWhole(options: RestoreOptions): Promise<Restored> {
  const { path, dataDir, force } = options;
  // Before anything is made, or asked of the user, for a file that is not there.
  await (await openArchive(path)).close();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const state = join(dataDir, stateName);
  const lock = lockOf(state);
  try {
    if (!force && (await exists(state)))
      throw new StartError(
        'DATA_EXISTS',
        `${dataDir} has a state already. With --force it is set aside (never deleted), and the backup takes its place; or name another data folder with TAPEWATCH_DATA_DIR.`,
      );
    const folder = await mkdtemp(join(dataDir, '.restore-'));
    try {
      const manifest = await readArchive({ ...options, into: folder });
      return { manifest, setAside: await putInPlace(manifest, folder, options) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    lock.release();
  }
}

async function putInPlace(
  manifest: ArchiveManifest,
  folder: string,
  { dataDir, now }: RestoreOptions,
): Promise<readonly string[]> {
  const suffix = `.before-restore-${stamp(now)}`;
  const names = manifest.files.map(({ name }) => name).filter((name) => name !== stateName);
  const moved = [...(await setAside(join(dataDir, stateName), suffix))];
  for (const name of [...names, stateName]) {
    if (await exists(join(dataDir, name))) {
      await rename(join(dataDir, name), join(dataDir, `${name}${suffix}`));
      moved.push(join(dataDir, `${name}${suffix}`));
    }
    await rename(join(folder, name), join(dataDir, name));
  }
  await syncFolder(dataDir);
  return moved;
}

function lockOf(state: string): ReturnType<typeof lockState> {
  try {
    return lockState(state);
  } catch (thrown) {
    if (isHeldByAnother(thrown)) throw inUse(state);
    throw thrown;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
