import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writing } from '@tapewatch/database';
import type { Messages } from '../messages/messages.js';
import { UsageError } from '../usage-error.js';

/**
 * Whether a new file can stand at an absolute path, asked before anything is copied for it. Throws UsageError for a path that is a folder's or
 * lies in none, StartError where this user may not write.
 */
export async function checkPlace(file: string, messages: Messages): Promise<void> {
  const folder = dirname(file);
  await writing(folder, async () => {
    if ((await kindOf(file)) === 'folder') throw new UsageError(messages.backup.isFolder(file));
    if ((await kindOf(folder)) !== 'folder') throw new UsageError(messages.backup.noFolder(folder));
    await access(folder, constants.W_OK | constants.X_OK);
  });
}

async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw thrown;
  }
}
