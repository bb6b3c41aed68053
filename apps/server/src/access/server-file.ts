import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, StartError } from '@tapewatch/model';
import { writePrivateFile } from './private-file.js';

/** What lies in the data folder while a server runs on it: how commands of the same user reach it. */
export interface ServerFile {
  /** The address it listens on, as this machine reaches it. */
  readonly url: string;
  readonly pid: number;
  /** RFC 3339. */
  readonly startedAt: string;
  /** The certificate that it shows, when it speaks https: a file in PEM form. */
  readonly certificate?: string;
  /** Of this run alone. */
  readonly token: string;
}

const fileName = 'server.json';

/** Readable by its owner alone, and never half there. Throws StartError. */
export async function writeServerFile(dataDir: string, content: ServerFile): Promise<void> {
  const file = join(dataDir, fileName);
  try {
    await writePrivateFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
  } catch (error) {
    const message = `The server's address cannot be kept in ${file}: ${messageOf(error)}. Make the folder writable`;
    throw new StartError('DATA_UNREADABLE', message, { cause: error });
  }
}

export async function removeServerFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, fileName), { force: true });
}
