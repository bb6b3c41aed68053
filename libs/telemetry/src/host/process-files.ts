import { readdir, stat } from 'node:fs/promises';
import type { Meter } from '@opentelemetry/api';
import type { HostPart } from './host-part.js';
import { InstrumentGroup } from './instrument-group.js';
import { ProcFile } from './proc-file.js';
import { parseOpenFilesLimit, parseProcessStat } from './proc-parsers.js';

/** Threads, address space and open files of this process, from procfs. */
export function processFiles(meter: Meter, procRoot: string): HostPart {
  const statFile = new ProcFile(`${procRoot}/self/stat`);
  const limitsFile = new ProcFile(`${procRoot}/self/limits`);
  const group = new InstrumentGroup(meter);
  const virtual = group.upDownCounter('process.memory.virtual', 'By', 'Address space of this process.');
  const threads = group.upDownCounter('process.thread.count', '{thread}', 'Threads of this process.');
  const files = group.upDownCounter(
    'process.unix.file_descriptor.count',
    '{file_descriptor}',
    'Open files of this process.',
  );
  const filesLimit = group.upDownCounter(
    'process.unix.file_descriptor.limit',
    '{file_descriptor}',
    'Files that this process may have open; absent where that is unlimited.',
  );
  group.observe(async (result) => {
    const [text, openFiles, limits] = await Promise.all([
      statFile.read(),
      countOpenFiles(`${procRoot}/self/fd`),
      limitsFile.read(),
    ]);
    if (openFiles !== undefined) result.observe(files, openFiles);
    const limit = parseOpenFilesLimit(limits ?? '');
    if (limit !== undefined) result.observe(filesLimit, limit);
    const figures = text === undefined ? undefined : parseProcessStat(text);
    if (figures === undefined) return;
    result.observe(virtual, figures.virtualBytes);
    result.observe(threads, figures.threads);
  });
  return {
    async stop() {
      group.stop();
      await Promise.all([statFile.close(), limitsFile.close()]);
    },
  };
}

/** From Linux 6.2 on, the folder's size is the count; before, it is 0 and the names have to be read. */
async function countOpenFiles(folder: string): Promise<number | undefined> {
  try {
    const { size } = await stat(folder);
    return size > 0 ? size : (await readdir(folder)).length;
  } catch {
    return undefined;
  }
}
