import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@tapewatch/model';
import { messageOf, StartError } from '@tapewatch/model';
import { writePrivateFile } from './private-file.js';
import { newSecretToken } from './secret-token.js';

const fileName = 'admin-token';
const leastLength = 16;

/** The admin's token in the data folder; made, with 256 random bits and readable by the owner alone, when there is none. */
export async function storedAdminToken(dataDir: string, logger: Logger): Promise<string> {
  const file = join(dataDir, fileName);
  try {
    const token = await existingToken(file, logger);
    return token ?? (await newToken(file));
  } catch (error) {
    if (error instanceof StartError) throw error;
    const message = `The admin token cannot be kept in ${file}: ${messageOf(error)}. Make the folder writable, or set TAPEWATCH_ADMIN_TOKEN`;
    throw new StartError('DATA_UNREADABLE', message, { cause: error });
  }
}

async function existingToken(file: string, logger: Logger): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const token = text.trim();
  if (token.length < leastLength) {
    const message = `${file} holds no usable token (${leastLength} characters or more). Delete it and start again: a new one is made`;
    throw new StartError('DATA_UNREADABLE', message);
  }
  await closeToOthers(file, logger);
  return token;
}

async function newToken(file: string): Promise<string> {
  const token = newSecretToken();
  await writePrivateFile(file, `${token}\n`);
  return token;
}

async function closeToOthers(file: string, logger: Logger): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0) return;
  await chmod(file, 0o600);
  logger.warn({ file }, 'The admin token was readable by others; it is closed to them now, but may be known');
}
