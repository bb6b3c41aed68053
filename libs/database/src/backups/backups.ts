import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { KeptDatabase } from '../database.js';
import { fileHash } from './file-hash.js';
import { stamp } from './set-aside.js';

export interface Backup {
  readonly path: string;
  readonly takenAt: number;
  /** Made before the schema was changed. */
  readonly beforeMigration: boolean;
}

const shape = /^state-(before-migration-)?(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.db$/;
/** Of each kind. */
const kept = 2;

/** Copies of the database that the program makes by itself, each with its SHA-256 beside it in the form of sha256sum. */
export class Backups {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Newest first. */
  async list(): Promise<readonly Backup[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.flatMap((name) => this.named(name) ?? []).sort((a, b) => b.takenAt - a.takenAt);
  }

  /** Complete when it resolves, absent when it rejects; what is older than the newest two of its kind is deleted. */
  async make(database: KeptDatabase, at: number, beforeMigration: boolean): Promise<Backup> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const name = `state-${beforeMigration ? 'before-migration-' : ''}${stamp(at)}.db`;
    const path = join(this.#folder, name);
    try {
      const { sha256 } = await database.copy(`${path}.partial`);
      await writeFile(sumPath(path), `${sha256}  ${name}\n`, { mode: 0o600 });
      await rename(`${path}.partial`, path);
    } catch (thrown) {
      await Promise.all([`${path}.partial`, sumPath(path)].map((left) => rm(left, { force: true })));
      throw thrown;
    }
    await this.prune(beforeMigration);
    return { path, takenAt: at, beforeMigration };
  }

  /** Whether it is what was written. */
  async isGood({ path }: Backup): Promise<boolean> {
    const written = (await readFile(sumPath(path), 'utf8').catch(() => '')).split(' ')[0];
    return written !== '' && (await fileHash(path).catch(() => undefined)) === written;
  }

  private async prune(beforeMigration: boolean): Promise<void> {
    const alike = (await this.list()).filter((backup) => backup.beforeMigration === beforeMigration);
    for (const { path } of alike.slice(kept)) {
      await rm(path, { force: true });
      await rm(sumPath(path), { force: true });
    }
    // What a kill in the midst of a copy has left; there is one writer.
    for (const name of await readdir(this.#folder))
      if (name.endsWith('.partial')) await rm(join(this.#folder, name), { force: true });
  }

  private named(name: string): Backup | undefined {
    const parts = shape.exec(name);
    if (parts === null) return undefined;
    const [, before, day, hours, minutes, seconds] = parts;
    const takenAt = Date.parse(`${day ?? ''}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}Z`);
    return { path: join(this.#folder, basename(name)), takenAt, beforeMigration: before !== undefined };
  }
}

function sumPath(path: string): string {
  return `${path}.sha256`;
}
