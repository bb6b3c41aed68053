import { readFile } from 'node:fs/promises';
import type { Clock } from '@tapewatch/model';
import { messageOf, StartError } from '@tapewatch/model';
import { ProgressBar } from '../backup/progress-bar.js';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { createStyle } from '../style.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import { wantedBacktest, type BacktestArguments, type WantedBacktest } from './backtest-arguments.js';
import { backtestLines } from './backtest-lines.js';
import type { BacktestView } from './backtest-view.js';

/** Who can run a backtest: the running server, or this process over the data folder. */
export interface BacktestPlace {
  /** Rejects with a StartError where it is refused. `progress` is told 0 to 1. */
  run(wanted: WantedBacktest, text: string | undefined, progress: (share: number) => void): Promise<BacktestView>;
  close(): Promise<void>;
}

export interface BacktestOptions {
  readonly rule: string | undefined;
  readonly args: BacktestArguments;
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Finds the place; `place` is asked for only once the arguments are right. */
  readonly openPlace: () => Promise<BacktestPlace>;
}

/** Replays a rule and prints what it would have done. */
export async function backtestCommand(options: BacktestOptions): Promise<ExitCode> {
  const { rule, args, terminal, messages, clock, signal, openPlace } = options;
  try {
    const wanted = wantedBacktest(rule, args, clock.now(), messages);
    const text = wanted.file === undefined ? undefined : await textOf(wanted.file, messages);
    const place = await openPlace();
    try {
      const view = await replayed(place, wanted, text, options);
      if (view === undefined) {
        terminal.error(messages.backtest.cancelled);
        return exitCodes.failed;
      }
      if (args.json === true) terminal.out(JSON.stringify(view, undefined, 2));
      else
        for (const line of backtestLines(view, text !== undefined, messages, createStyle(terminal.colours.out)))
          terminal.out(line);
      return exitCodes.done;
    } finally {
      await place.close();
    }
  } catch (error) {
    if (signal.aborted) {
      terminal.error(messages.backtest.cancelled);
      return exitCodes.failed;
    }
    return tellRefused(error, terminal, messages);
  }
}

/** Undefined when it was cut short. */
async function replayed(
  place: BacktestPlace,
  wanted: WantedBacktest,
  text: string | undefined,
  { terminal, messages, clock, signal }: BacktestOptions,
): Promise<BacktestView | undefined> {
  const bar = new ProgressBar({
    terminal,
    label: messages.backtest.replaying,
    left: messages.backtest.left,
    now: () => clock.monotonic(),
  });
  const cut = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    const running = place.run(wanted, text, (share) => bar.update(share, 1));
    // What becomes of it after it was cut short, nobody waits for.
    running.catch(() => undefined);
    return await Promise.race([running, cut]);
  } finally {
    bar.end();
  }
}

async function textOf(file: string, messages: Messages): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new UsageError(messages.backtest.unreadableFile(file, messageOf(thrown)));
  }
}

/** A wrong name, range or file is wrong usage. */
function tellRefused(error: unknown, terminal: Terminal, messages: Messages): ExitCode {
  const code = tellFailure(error, terminal, messages);
  const isUsage = error instanceof StartError && ['NOT_FOUND', 'INVALID_INPUT'].includes(error.code);
  return isUsage ? exitCodes.usage : code;
}
