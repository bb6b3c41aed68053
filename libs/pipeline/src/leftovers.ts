import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const leftover = /^\.(backup|restore)-[A-Za-z0-9]{6}$/;

/** Deletes what a kill in the midst of a backup or a restore has left in the data folder; its owner calls it. */
export async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir))
    if (leftover.test(name)) await rm(join(dataDir, name), { recursive: true, force: true });
}
