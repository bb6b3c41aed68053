import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Logger } from '@tapewatch/model';
import { StartError } from '@tapewatch/model';
import { answeringServer, dataDirOf } from '../running-server/find-running-server.js';
import type { Surroundings } from '../running-server/find-running-server.js';
import type { ServerArguments } from '../running-server/server-arguments.js';
import { folderDesk } from './folder-desk.js';
import { serverDesk } from './server-desk.js';
import type { TokenDesk } from './token-desk.js';

export interface DeskSurroundings extends Surroundings {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The running server's desk when one runs, else the data folder's; `makes`: it may be one that is not there yet. */
export async function openDesk(
  args: ServerArguments,
  around: DeskSurroundings,
  { makes }: { readonly makes: boolean },
): Promise<TokenDesk> {
  const server = await answeringServer(args, around);
  if (server !== undefined) return serverDesk(server);
  const dataDir = await dataDirOf(args, around);
  if (!makes && !existsSync(join(dataDir, 'state.db'))) {
    const message = `There is nothing in ${dataDir} yet: name the configuration (--config) or the data folder (TAPEWATCH_DATA_DIR) that Tapewatch runs with`;
    throw new StartError('NOT_FOUND', message);
  }
  return folderDesk(dataDir, around.clock, around.logger);
}
