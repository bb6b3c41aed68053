import type { Clock } from '@tapewatch/model';
import type { ExitCode } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import type { RunningServer } from '../running-server/running-server.js';
import type { ServerArguments } from '../running-server/server-arguments.js';
import type { Terminal } from '../terminal.js';

export interface AlertCommandOptions {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly setCode: (code: ExitCode) => void;
  readonly findServer: (args: ServerArguments) => Promise<Pick<RunningServer, 'graphql'>>;
  readonly clock: Pick<Clock, 'now'>;
}
