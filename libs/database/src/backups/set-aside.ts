import { rename } from 'node:fs/promises';

/** What belongs to a database file; its checksums are of no use without it, and are kept for a look. */
const companions = ['', '-wal', '-shm', '-sums'];

/** `2026-11-25T15-31-21Z`: sorts by time, and stands in file names everywhere. */
export function stamp(at: number): string {
  return new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
}

/** Renames a database file and what belongs to it; gives the new names. Nothing is deleted. */
export async function setAside(path: string, suffix: string): Promise<readonly string[]> {
  const moved: string[] = [];
  for (const companion of companions) {
    const to = `${path}${companion}${suffix}`;
    try {
      await rename(`${path}${companion}`, to);
      moved.push(to);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
  }
  return moved;
}
