import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SmallDisk {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** A disk of its own that is soon full; the reason instead where this user may not mount one. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | string> {
  const path = await mkdtemp(join(tmpdir(), 'tapewatch-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  } catch (thrown) {
    await rm(path, { recursive: true });
    return `no disk can be mounted here (${(thrown as Error).message.trim().split('\n').at(-1) ?? ''})`;
  }
  return {
    path,
    remove: async () => {
      await run('umount', [path]);
      await rm(path, { recursive: true });
    },
  };
}
