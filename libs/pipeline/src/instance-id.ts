import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
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
  if (known !== '') {
    // Of an earlier version, which let others read it; where it is another user's, it stays as it is.
    await chmod(path, 0o600).catch(() => undefined);
    return known;
  }
  const made = `${hostname()}-${randomBytes(2).toString('hex')}`;
  // Renamed into place: a kill in between must not leave half a name.
  await writeFile(`${path}.partial`, `${made}\n`, { mode: 0o600 });
  // One that a kill has left keeps its own.
  await chmod(`${path}.partial`, 0o600);
  await rename(`${path}.partial`, path);
  return made;
}
