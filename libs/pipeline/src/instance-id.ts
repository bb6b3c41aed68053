import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const file = 'instance-id';

/**
 * `service.instance.id`, which becomes the label `instance` of every series and so part of every alert's identity: the same for the life of
 * a data folder, whatever port or address the program listens on, and different for two on one machine.
 */
export async function instanceId(dataDir: string): Promise<string> {
  const path = join(dataDir, file);
  const known = (await readFile(path, 'utf8').catch(() => '')).trim();
  if (known !== '') return known;
  const made = `${hostname()}-${randomBytes(2).toString('hex')}`;
  // Renamed into place: a kill in between must not leave half a name.
  await writeFile(`${path}.partial`, `${made}\n`);
  await rename(`${path}.partial`, path);
  return made;
}
