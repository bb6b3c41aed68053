import type { ExitCode } from './exit-codes.js';
import { exitCodes } from './exit-codes.js';
import type { Messages } from './messages/messages.js';
import { printable } from './printable.js';
import { acceptedAnswer, type RunningServer } from './running-server/running-server.js';
import { createStyle } from './style.js';
import { tellFailure } from './tell-failure.js';
import type { Terminal } from './terminal.js';

export interface ReloadOptions {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly findServer: () => Promise<Pick<RunningServer, 'graphql'>>;
}

interface Reload {
  readonly changed: readonly string[];
  readonly waitingForRestart: readonly string[];
}

const mutation = `mutation {
  reloadConfig {
    ... on Reload { changed waitingForRestart }
    ... on Problem { code message }
  }
}`;

/** Has the running server read its configuration again, and tells what that changed. */
export async function reload({ terminal, messages, findServer }: ReloadOptions): Promise<ExitCode> {
  try {
    const server = await findServer();
    const { reloadConfig } = await server.graphql<{ reloadConfig: Reload }>(mutation);
    const { changed, waitingForRestart } = acceptedAnswer<Reload>(reloadConfig);
    const style = createStyle(terminal.colours.out);
    const list = (names: readonly string[]): string => printable(names.join(', '));
    terminal.out(style.good(changed.length === 0 ? messages.reload.unchanged : messages.reload.done(list(changed))));
    if (waitingForRestart.length > 0) terminal.out(messages.reload.waiting(list(waitingForRestart)));
    return exitCodes.done;
  } catch (error) {
    return tellFailure(error, terminal, messages);
  }
}
