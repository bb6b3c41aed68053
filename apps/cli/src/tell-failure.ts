import { ConfigError, formatProblem, StartError } from '@tapewatch/model';
import type { ExitCode } from './exit-codes.js';
import { exitCodes } from './exit-codes.js';
import type { Messages } from './messages/messages.js';
import { createStyle } from './style.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

export function tellProblems(error: ConfigError, terminal: Terminal, messages: Messages): ExitCode {
  const style = createStyle(terminal.colours.error);
  for (const problem of error.problems) terminal.error(formatProblem(problem));
  terminal.error(style.alarm(messages.problems(error.problems.length)));
  return exitCodes.usage;
}

/** What ended a command: a user's mistake by its problems, a known failure by its message, a bug with its stack. */
export function tellFailure(error: unknown, terminal: Terminal, messages: Messages): ExitCode {
  if (error instanceof ConfigError) return tellProblems(error, terminal, messages);
  const style = createStyle(terminal.colours.error);
  if (error instanceof UsageError) {
    terminal.error(style.alarm(error.message));
    return exitCodes.usage;
  }
  if (error instanceof StartError) {
    terminal.error(`${style.alarm(error.message)} [${error.code}]`);
    return exitCodes.failed;
  }
  terminal.error(style.alarm(messages.crashed));
  terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodes.failed;
}
