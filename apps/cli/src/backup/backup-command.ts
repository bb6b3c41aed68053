import { resolve } from 'node:path';
import { machineFault } from '@tapewatch/database';
import { messageOf, StartError, type Clock } from '@tapewatch/model';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import type { Surroundings } from '../running-server/find-running-server.js';
import type { ServerArguments } from '../running-server/server-arguments.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { openSource } from './archive-source.js';
import { checkPlace } from './check-place.js';
import { ProgressBar } from './progress-bar.js';
import { sizeText } from './size-text.js';
import { takeArchive, type TakenArchive } from './take-archive.js';

export interface BackupOptions extends Surroundings {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly version: string;
  readonly clock: Clock;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** `tapewatch backup FILE`: everything that is kept in one file, from the running server or from the data folder of one that does not run. */
export async function backupCommand(file: string, args: ServerArguments, options: BackupOptions): Promise<ExitCode> {
  const { terminal, messages, signal } = options;
  try {
    const taken = await take(resolve(options.baseDir, file), args, options);
    terminal.out(messages.backup.written(file, sizeText(taken.bytes)));
    terminal.out(messages.backup.holds(taken.manifest.rows));
    terminal.out(`SHA-256 ${taken.sha256}`);
    return exitCodes.done;
  } catch (thrown) {
    if (!signal.aborted) return tellFailure(asFailure(thrown), terminal, messages);
    terminal.error(messages.backup.cancelled);
    return exitCodes.failed;
  }
}

async function take(file: string, args: ServerArguments, options: BackupOptions): Promise<TakenArchive> {
  const { terminal, messages, clock, signal } = options;
  await checkPlace(file, messages);
  const bar = new ProgressBar({
    terminal,
    label: messages.backup.copying,
    left: messages.backup.left,
    now: () => clock.monotonic(),
  });
  bar.update(0, 1);
  try {
    const source = await openSource(args, { ...options, now: clock.now() });
    try {
      return await takeArchive({ file, ...source, signal, progress: (done, total) => bar.update(done, total) });
    } finally {
      await source.discard();
    }
  } finally {
    bar.end();
  }
}

/** What the system has against a file, where nobody has better words for it: a sentence, not a stack. */
export function asFailure(thrown: unknown): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  const isOfFiles = typeof code === 'string' && /^E[A-Z]+$/.test(code);
  if (!isOfFiles) return thrown;
  const { path } = thrown as NodeJS.ErrnoException;
  const fault = path === undefined ? undefined : machineFault(thrown, `use ${path}`);
  return fault ?? new StartError('UNAVAILABLE', messageOf(thrown), { cause: thrown });
}
