import { createReadStream } from 'node:fs';
import { copyFile, lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@tapewatch/model';
import { fileHash } from '../backups/file-hash.js';
import { reportOnCopy } from '../sqlite/copy-report.js';
import type { FileCopy } from '../sqlite/protocol.js';
import { machineFault } from './machine-fault.js';
import { archiveFormat, manifestName, stateName, type ArchiveManifest } from './manifest.js';
import { tarEnd, tarHeader, tarPadding } from './tar.js';

export interface ArchiveOptions {
  readonly dataDir: string;
  /** Copies the state to a new file. */
  readonly copyState: (to: string) => Promise<FileCopy>;
  readonly version: string;
  readonly now: number;
}

/** An archive that is ready to be written somewhere. */
export interface Archive {
  readonly manifest: ArchiveManifest;
  readonly bytes: number;
  /** Everything, in order. Once. */
  content(): AsyncGenerator<Buffer>;
  /** Deletes what was copied for it. */
  discard(): Promise<void>;
}

/** Of the data folder, what belongs to a run, to a former state, or is the state itself, which is copied by other means. */
const leftOut = /^(state\.db.*|server\.json|\..*|.*\.(partial|tmp))$|\.damaged-|\.before-restore-/;

/**
 * Everything in the data folder that state needs, as of one moment. The copies lie beside it until they are discarded. Throws StartError, also
 * for a disk without room for them.
 */
export async function createArchive(options: ArchiveOptions): Promise<Archive> {
  try {
    return await copyWhole(options);
  } catch (thrown) {
    throw machineFault(thrown, `write to ${options.dataDir}`) ?? thrown;
  }
}

async function copyWhole(options: ArchiveOptions): Promise<Archive> {
  const { dataDir, copyState, version, now } = options;
  if (!(await isThere(join(dataDir, stateName))))
    throw new StartError('NOT_FOUND', `there is no state in ${dataDir}, so there is nothing to back up`);
  const folder = await mkdtemp(join(dataDir, '.backup-'));
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const state = await copyState(join(folder, stateName));
    const report = await reportOnCopy(join(folder, stateName));
    if (report.integrity !== 'ok')
      throw new StartError('DATA_UNREADABLE', `the state is damaged (${report.integrity}); no backup was written`);
    const others = await copyOthers(dataDir, folder);
    const manifest: ArchiveManifest = {
      program: 'tapewatch',
      format: archiveFormat,
      version,
      createdAt: new Date(now).toISOString(),
      files: [{ name: stateName, ...state }, ...others],
      rows: report.rows,
      migrations: report.migrations,
    };
    return { manifest, ...layOut(manifest, folder, now), discard };
  } catch (thrown) {
    await discard();
    throw thrown;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function copyOthers(dataDir: string, folder: string): Promise<ArchiveManifest['files']> {
  const files: { name: string; bytes: number; sha256: string }[] = [];
  for (const name of (await readdir(dataDir)).sort()) {
    // A name that does not fit into a header of tar is none of ours.
    if (leftOut.test(name) || Buffer.byteLength(name) > 99) continue;
    if (!(await lstat(join(dataDir, name))).isFile()) continue;
    const copy = join(folder, name);
    await copyFile(join(dataDir, name), copy);
    files.push({ name, bytes: (await stat(copy)).size, sha256: await fileHash(copy) });
  }
  return files;
}

function layOut(manifest: ArchiveManifest, folder: string, now: number): Pick<Archive, 'bytes' | 'content'> {
  const text = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  const sizes = [text.length, ...manifest.files.map(({ bytes }) => bytes)];
  const bytes = sizes.reduce((sum, size) => sum + 512 + size + tarPadding(size).length, tarEnd().length);
  return {
    bytes,
    async *content() {
      yield tarHeader({ name: manifestName, bytes: text.length }, now);
      yield text;
      yield tarPadding(text.length);
      for (const file of manifest.files) {
        yield tarHeader(file, now);
        yield* createReadStream(join(folder, file.name), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
        yield tarPadding(file.bytes);
      }
      yield tarEnd();
    },
  };
}
