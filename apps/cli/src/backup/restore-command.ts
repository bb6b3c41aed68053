import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { readArchive, restoreArchive, type ArchiveManifest } from '@tapewatch/database';
import type { Clock } from '@tapewatch/model';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { dataDirOf, type Surroundings } from '../running-server/find-running-server.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { asFailure } from './backup-command.js';
import { ProgressBar } from './progress-bar.js';
import { sizeText } from './size-text.js';

export interface RestoreArguments {
  readonly config?: string;
  /** Only look. */
  readonly verify?: boolean;
  /** Also where there is a state already. */
  readonly force?: boolean;
}

export interface RestoreOptions extends Omit<Surroundings, 'fetch'> {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly clock: Clock;
  /** Steps of the schema that this version knows. */
  readonly knownMigrations: () => Promise<readonly string[]>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** `tapewatch restore FILE`: checks all of a backup and puts it into the data folder; with --verify it only checks, and tells what is in it. */
export async function restoreCommand(file: string, args: RestoreArguments, options: RestoreOptions): Promise<ExitCode> {
  const { terminal, messages, signal } = options;
  const path = resolve(options.baseDir, file);
  try {
    if (args.verify === true) tellContent(await verify(path, options), file, options);
    else await restore(path, file, args, options);
    return exitCodes.done;
  } catch (thrown) {
    if (!signal.aborted) return tellFailure(asFailure(thrown), terminal, messages);
    terminal.error(messages.backup.cancelled);
    return exitCodes.failed;
  }
}

async function verify(path: string, options: RestoreOptions): Promise<ArchiveManifest> {
  const into = await mkdtemp(join(tmpdir(), 'tapewatch-verify-'));
  try {
    return await withBar(options, async (progress) =>
      readArchive({ path, into, progress, signal: options.signal, knownMigrations: await options.knownMigrations() }),
    );
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

async function restore(path: string, file: string, args: RestoreArguments, options: RestoreOptions): Promise<void> {
  const { terminal, messages, clock, signal, baseDir } = options;
  const dataDir = await dataDirOf(args, options);
  const { manifest, setAside } = await withBar(options, async (progress) =>
    restoreArchive({
      ...{ path, dataDir, progress, signal },
      force: args.force === true,
      now: clock.now(),
      knownMigrations: await options.knownMigrations(),
    }),
  );
  const shown = (place: string): string => relative(baseDir, place) || '.';
  tellContent(manifest, file, options);
  for (const place of setAside) terminal.out(messages.restore.setAside(shown(place)));
  terminal.out(messages.restore.done(shown(dataDir)));
}

function tellContent(manifest: ArchiveManifest, file: string, { terminal, messages }: RestoreOptions): void {
  terminal.out(messages.restore.good(file));
  terminal.out(messages.restore.madeBy(manifest.version, manifest.createdAt));
  terminal.out(messages.backup.holds(manifest.rows));
  const width = Math.max(...manifest.files.map(({ name }) => name.length));
  for (const { name, bytes, sha256 } of manifest.files)
    terminal.out(`  ${name.padEnd(width)}  ${sizeText(bytes).padStart(10)}  ${sha256}`);
}

async function withBar<T>(
  { terminal, messages, clock }: RestoreOptions,
  work: (progress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new ProgressBar({
    terminal,
    label: messages.restore.checking,
    left: messages.backup.left,
    now: () => clock.monotonic(),
  });
  try {
    return await work((done, total) => bar.update(done, total));
  } finally {
    bar.end();
  }
}
