import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, StartError } from '@tapewatch/model';
import { reportOnCopy } from '../sqlite/copy-report.js';
import { machineFault, writing } from './machine-fault.js';
import { archiveFormat, manifestName, parseManifest, stateName, type ArchiveManifest } from './manifest.js';
import { blockBytes, parseTarHeader, tarPadding } from './tar.js';

export interface ReadArchiveOptions {
  readonly path: string;
  /** An empty folder that takes what is in the archive. */
  readonly into: string;
  /** Steps of the schema that this version knows; without them any will do. */
  readonly knownMigrations?: readonly string[];
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

const chunkBytes = 1 << 20;
/** More than any manifest; a damaged size must not make us read a whole disk into memory. */
const longestManifest = 1 << 20;

/**
 * Unpacks an archive and checks all of it: checksums, sizes, the integrity of the database, records and schema. Throws StartError
 * BACKUP_INVALID for what is damaged or none, DATA_NEWER for one that only a newer version can read, NOT_FOUND where there is no file, and
 * UNAVAILABLE for what is no fault of the archive: a full disk, missing rights.
 */
export async function readArchive(options: ReadArchiveOptions): Promise<ArchiveManifest> {
  const { path, into } = options;
  const file = await openArchive(path);
  let manifest: ArchiveManifest;
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new Error('it is a folder');
    manifest = await unpack(new Reader(file, stats.size, options), path, into);
  } catch (thrown) {
    if (thrown instanceof StartError || options.signal?.aborted === true) throw thrown;
    throw machineFault(thrown, `read ${path}`) ?? invalid(path, messageOf(thrown), thrown);
  } finally {
    await file.close();
  }
  const known = options.knownMigrations ?? manifest.migrations;
  const unknown = manifest.migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw newer(path, `its state was written by version ${manifest.version} (it has ${unknown.join(', ')})`);
  await checkState(path, join(into, stateName), manifest);
  return manifest;
}

/** Throws StartError: NOT_FOUND, or UNAVAILABLE when this user may not read it. */
export async function openArchive(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new StartError('NOT_FOUND', `there is no file ${path}`);
    throw machineFault(thrown, `read ${path}`) ?? invalid(path, messageOf(thrown), thrown);
  }
}

async function unpack(reader: Reader, path: string, into: string): Promise<ArchiveManifest> {
  const first = await reader.header();
  if (first?.name !== manifestName || first.bytes > longestManifest) throw new Error('it is no backup of tapewatch');
  const manifest = parseManifest((await reader.text(first.bytes)).toString());
  if (manifest === undefined) throw new Error('its manifest is damaged');
  if (manifest.format > archiveFormat) throw newer(path, `its format ${manifest.format} is not known to this version`);
  for (const expected of manifest.files) {
    const entry = await reader.header();
    if (entry?.name !== expected.name || entry.bytes !== expected.bytes || !isPlainName(entry.name))
      throw new Error(`${expected.name} is not where it should be`);
    const sha256 = await reader.extract(entry.bytes, join(into, entry.name));
    if (sha256 !== expected.sha256) throw new Error(`${expected.name} is not what was written (its SHA-256 differs)`);
  }
  return manifest;
}

/** An archive comes from outside: nothing in it may name a place elsewhere. */
function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) && !name.includes('..');
}

async function checkState(path: string, state: string, manifest: ArchiveManifest): Promise<void> {
  if (!manifest.files.some(({ name }) => name === stateName)) throw invalid(path, 'it holds no state');
  const report = await reportOnCopy(state);
  if (report.integrity !== 'ok') throw invalid(path, `its database is damaged: ${report.integrity}`);
  for (const [table, count] of Object.entries(manifest.rows))
    if (report.rows[table] !== count)
      throw invalid(path, `${table} should have ${count} records, and has ${report.rows[table] ?? 0}`);
}

function invalid(path: string, reason: string, cause?: unknown): StartError {
  return new StartError('BACKUP_INVALID', `${path} cannot be used: ${reason}. Nothing was changed.`, { cause });
}

function newer(path: string, reason: string): StartError {
  return new StartError(
    'DATA_NEWER',
    `${path} needs a newer version: ${reason}. Restore it with that one; nothing was changed.`,
  );
}

/** Reads an archive from its beginning to its end. */
class Reader {
  readonly #file: FileHandle;
  readonly #total: number;
  readonly #options: ReadArchiveOptions;
  #position = 0;

  constructor(file: FileHandle, total: number, options: ReadArchiveOptions) {
    this.#file = file;
    this.#total = total;
    this.#options = options;
  }

  async header(): Promise<ReturnType<typeof parseTarHeader>> {
    return parseTarHeader(await this.next(blockBytes));
  }

  async text(bytes: number): Promise<Buffer> {
    const text = await this.next(bytes);
    await this.next(tarPadding(bytes).length);
    return text;
  }

  /** Writes an entry to a file; resolves with its SHA-256. */
  async extract(bytes: number, to: string): Promise<string> {
    const hash = createHash('sha256');
    const target = await writing(to, () => open(to, 'wx', 0o600));
    try {
      for (let done = 0; done < bytes;) {
        const chunk = await this.next(Math.min(chunkBytes, bytes - done));
        hash.update(chunk);
        await writing(to, () => target.writeFile(chunk));
        done += chunk.length;
      }
      await writing(to, () => target.sync());
    } finally {
      await target.close();
    }
    await this.next(tarPadding(bytes).length);
    return hash.digest('hex');
  }

  private async next(bytes: number): Promise<Buffer> {
    this.#options.signal?.throwIfAborted();
    const buffer = Buffer.alloc(bytes);
    for (let done = 0; done < bytes;) {
      const { bytesRead } = await this.#file.read(buffer, done, bytes - done, this.#position);
      if (bytesRead === 0) throw new Error('it ends too early');
      done += bytesRead;
      this.#position += bytesRead;
    }
    this.#options.progress?.(this.#position, this.#total);
    return buffer;
  }
}
