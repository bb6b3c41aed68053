import { join } from 'node:path';
import { copyClosedState, createArchive } from '@tapewatch/database';
import { messageOf, StartError } from '@tapewatch/model';
import { dataDirOf, findRunningServer, type Surroundings } from '../running-server/find-running-server.js';
import type { RunningServer } from '../running-server/running-server.js';
import type { ServerArguments } from '../running-server/server-arguments.js';

/** Where an archive comes from. */
export interface ArchiveSource {
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
  discard(): Promise<void>;
}

export interface SourceOptions extends Surroundings {
  readonly version: string;
  readonly now: number;
}

/** From the server that the arguments name, or, when none runs on the data folder, from the folder itself. Throws StartError. */
export async function openSource(args: ServerArguments, options: SourceOptions): Promise<ArchiveSource> {
  try {
    return await fromServer(await findRunningServer(args, options));
  } catch (thrown) {
    if (!(thrown instanceof StartError) || thrown.code !== 'SERVER_NOT_RUNNING') throw thrown;
    return fromFolder(await dataDirOf(args, options), options);
  }
}

async function fromServer(server: RunningServer): Promise<ArchiveSource> {
  const response = await server.request('/backup');
  const bytes = Number(response.headers.get('content-length'));
  if (response.status !== 200 || response.body === null || !Number.isSafeInteger(bytes))
    throw new StartError('UNAVAILABLE', `${server.url} makes no backup: ${await reasonOf(response)}`);
  const body = response.body;
  return { bytes, content: body, discard: () => body.cancel().catch(() => undefined) };
}

async function reasonOf(response: Response): Promise<string> {
  try {
    return messageOf(((await response.json()) as { readonly message: unknown }).message);
  } catch {
    return `status ${response.status}`;
  }
}

async function fromFolder(dataDir: string, { version, now }: SourceOptions): Promise<ArchiveSource> {
  const archive = await createArchive({
    dataDir,
    copyState: (to) => copyClosedState(join(dataDir, 'state.db'), to),
    version,
    now,
  });
  return { bytes: archive.bytes, content: archive.content(), discard: () => archive.discard() };
}
