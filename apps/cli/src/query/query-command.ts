import type { Clock } from '@tapewatch/model';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { createStyle } from '../style.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { askMetadata, askQuery, QueryRefused, type QueryServer } from './ask-query.js';
import { pointAt } from './point-at.js';
import { momentOf, type QueryArguments } from './query-arguments.js';
import { nameLines, resultLines } from './result-lines.js';

export interface QueryOptions {
  readonly expression: string;
  readonly args: QueryArguments;
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly clock: Pick<Clock, 'now'>;
  readonly findServer: () => Promise<QueryServer>;
}

/** Asks the running server, and prints the answer as a table or as the API's JSON. */
export async function queryCommand(options: QueryOptions): Promise<ExitCode> {
  const { expression, args, terminal, messages, clock, findServer } = options;
  try {
    const moment = momentOf(args, clock.now(), messages);
    const server = await findServer();
    const answer = await askQuery(server, expression, moment);
    if (args.json === true) {
      terminal.out(answer.text.trimEnd());
      return exitCodes.done;
    }
    const style = createStyle(terminal.colours.out);
    const lines = resultLines(answer.data, { moment, messages, style, width: terminal.outWidth });
    for (const line of lines) terminal.out(line);
    if (lines.length === 0) terminal.error(messages.query.nothing);
    else for (const line of nameLines(answer.data, await askMetadata(server), style)) terminal.out(line);
    for (const note of [...answer.warnings, ...answer.infos]) terminal.error(note);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof QueryRefused)) return tellFailure(error, terminal, messages);
    return tellRefused(error, expression, terminal);
  }
}

function tellRefused(error: QueryRefused, expression: string, terminal: Terminal): ExitCode {
  if (error.place !== undefined) for (const line of pointAt(expression, error.place)) terminal.error(line);
  terminal.error(createStyle(terminal.colours.error).alarm(error.message));
  return error.isWrong ? exitCodes.usage : exitCodes.failed;
}
