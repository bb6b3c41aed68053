import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '@tapewatch/model';
import type { Clock } from '@tapewatch/model';
import { createLogger } from '../create-logger.js';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import type { CheckParts } from '../part-problems.js';
import { withPartProblems } from '../part-problems.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import type { Workspace } from '../workspace.js';
import type { Assembly } from './assembly.js';
import { chooseConfig } from './choose-config.js';
import type { StartArguments } from './choose-config.js';
import { start } from './start.js';
import type { Running } from './start.js';
import { StopRequests } from './stop-requests.js';
import { StrayErrors } from './stray-errors.js';
import type { StrayErrorKind } from './stray-errors.js';

/** The process, as far as the command has to do with it. */
export interface ProcessPort {
  readonly env: NodeJS.ProcessEnv;
  cwd(): string;
  on(event: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (reason: unknown) => void): unknown;
  exit(code: ExitCode): void;
}

export interface StartCommandOptions {
  readonly process: ProcessPort;
  /** Whether the terminal that the program was started from, if any, is still there. */
  readonly hasTerminal: () => boolean;
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly version: string;
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly random: () => number;
  readonly loadAssembly: () => Promise<Assembly>;
  readonly checkParts: CheckParts;
}

/** Below the ten seconds that users are promised. */
export const stopDeadlineMs = 9_500;

/** `tapewatch start`: runs until a signal, and gives the code to exit with. */
export async function startCommand(args: StartArguments, options: StartCommandOptions): Promise<ExitCode> {
  const { process, terminal, messages, clock, workspace } = options;
  const stops = stopOnSignals(options);
  const onStrayErrors = catchStrayErrors(options);
  const onReload = reloadOnSignal(options, stops);
  const baseDir = process.cwd();
  try {
    await start({
      ...{ terminal, messages, clock, workspace, baseDir },
      onStarted: (running) => {
        onStrayErrors(running);
        onReload(running);
      },
      choice: chooseConfig(args, workspace.demoConfig, (file) => existsSync(resolve(baseDir, file))),
      env: process.env,
      version: options.version,
      random: options.random,
      createLogger: (level) => createLogger(terminal, level),
      loadAssembly: options.loadAssembly,
      stopRequested: stops.requested,
      isStopRequested: () => stops.isRequested,
    });
    terminal.out(messages.stopping.done);
    return exitCodes.done;
  } catch (error) {
    const whole = error instanceof ConfigError ? await withPartProblems(error, options.checkParts) : error;
    return tellFailure(whole, terminal, messages);
  }
}

function stopOnSignals({ process, terminal, messages, clock }: StartCommandOptions): StopRequests {
  const end = (message: string): void => {
    terminal.error(message);
    process.exit(exitCodes.failed);
  };
  const stops = new StopRequests({
    clock,
    onRequest: (count) => {
      if (count > 2) return end(messages.stopping.forced);
      terminal.out(count === 1 ? messages.stopping.begun : messages.stopping.again);
      if (count === 1) clock.setTimeout(() => end(messages.stopping.overdue), stopDeadlineMs);
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stops.request());
  return stops;
}

/**
 * SIGHUP has the configuration read again, as it has for every daemon; before everything runs it is passed over, as the configuration has only
 * just been read. A terminal that is closed sends it, too: then nobody is left to stop the program, so it stops.
 */
function reloadOnSignal(
  { process, hasTerminal }: StartCommandOptions,
  stops: StopRequests,
): (running: Running) => void {
  const hadTerminal = hasTerminal();
  let reload = (): void => undefined;
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) stops.request();
    else reload();
  });
  return (running) => {
    reload = () => running.reload();
  };
}

/** Until everything runs, an error that nobody caught ends the start; afterwards it is logged and counted. */
function catchStrayErrors(options: StartCommandOptions): (running: Running) => void {
  const { process, terminal, messages, clock } = options;
  let stray: StrayErrors | undefined;
  const accept = (kind: StrayErrorKind, reason: unknown): void => {
    if (stray !== undefined) stray.accept(kind, reason);
    else process.exit(tellFailure(reason, terminal, messages));
  };
  process.on('uncaughtException', (reason) => accept('uncaught_exception', reason));
  process.on('unhandledRejection', (reason) => accept('unhandled_rejection', reason));
  return ({ logger, isExchangeRejection, countStrayError }) => {
    stray = new StrayErrors({ clock, logger, isExchangeRejection, count: countStrayError });
  };
}
