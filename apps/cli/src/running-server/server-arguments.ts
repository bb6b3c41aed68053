import type { Command } from 'commander';
import type { Messages } from '../messages/messages.js';

/** How a command line names the running server. */
export interface ServerArguments {
  /** Whose data folder the server runs on; as for `start`. */
  readonly config?: string;
  /** Of a server elsewhere; TAPEWATCH_URL when absent. */
  readonly url?: string;
  /** TAPEWATCH_TOKEN when absent; without either the token of this run, which lies in the data folder. */
  readonly token?: string;
}

/** For every command that asks the running server. */
export function addServerOptions(command: Command, { help }: Messages): Command {
  return command
    .option('-c, --config <file>', help.config)
    .option('--url <url>', help.url)
    .option('--token <token>', help.token);
}
