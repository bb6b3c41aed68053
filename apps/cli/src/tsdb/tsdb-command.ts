import { join } from 'node:path';
import type { HistoryFileReport } from '@tapewatch/pipeline';
import { padToWidth, displayWidth } from '../display-width.js';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { createStyle } from '../style.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';

export interface TsdbOptions {
  readonly action: 'info' | 'verify';
  readonly dataDir: () => Promise<string>;
  readonly terminal: Terminal;
  readonly messages: Messages;
}

/** Shows what the metric history on disk consists of, or checks every row of it. Reads only, also beside a running server. */
export async function tsdbCommand({ action, dataDir, terminal, messages }: TsdbOptions): Promise<ExitCode> {
  const style = createStyle(terminal.colours.out);
  try {
    const { inspectHistory, metricsFolder } = await import('@tapewatch/pipeline');
    const folder = join(await dataDir(), metricsFolder);
    const files = [...inspectHistory(folder, { verify: action === 'verify' })];
    if (files.length === 0) {
      terminal.out(messages.tsdb.nothing(folder));
      return exitCodes.done;
    }
    const rows = action === 'info' ? infoTable(files, messages) : verifyTable(files, messages);
    for (const [i, line] of aligned(rows).entries()) terminal.out(i === 0 ? style.bold(line) : line);
    if (action === 'info') return exitCodes.done;
    return conclude(files, terminal, messages);
  } catch (error) {
    return tellFailure(error, terminal, messages);
  }
}

function infoTable(files: readonly HistoryFileReport[], { tsdb }: Messages): readonly (readonly string[])[] {
  const { file, size, series, samples, perSample, from, to } = tsdb.columns;
  const raw = files.filter(({ kind }) => kind === 'raw' || kind === 'head');
  const total = raw.reduce((sum, each) => sum + each.samples, 0);
  const bytes = files.reduce((sum, each) => sum + each.bytes, 0);
  return [
    [file, size, series, samples, perSample, from, to],
    ...files.map((each) => [
      each.name,
      sizeText(each.bytes),
      countText(each.series),
      countText(each.samples),
      each.samples === 0 ? '-' : (each.bytes / each.samples).toFixed(2),
      timeText(each.oldestMs),
      timeText(each.newestMs),
      ...(each.problem === undefined ? [] : [tsdb.unreadable(each.problem)]),
    ]),
    [tsdb.total, sizeText(bytes), '', countText(total), total === 0 ? '-' : (bytes / total).toFixed(2), '', ''],
  ];
}

function verifyTable(files: readonly HistoryFileReport[], { tsdb }: Messages): readonly (readonly string[])[] {
  const { file, rows, state } = tsdb.columns;
  return [
    [file, rows, state],
    ...files.map((each) => [
      each.name,
      countText(each.rows),
      each.kind === 'set aside'
        ? tsdb.setAside
        : each.problem !== undefined
          ? tsdb.unreadable(each.problem)
          : each.damagedRows > 0
            ? tsdb.damaged(each.damagedRows)
            : tsdb.whole,
    ]),
  ];
}

function conclude(files: readonly HistoryFileReport[], terminal: Terminal, { tsdb }: Messages): ExitCode {
  const style = createStyle(terminal.colours.error);
  const faulty = files.filter(
    ({ kind, damagedRows, problem }) => kind !== 'set aside' && (damagedRows > 0 || problem !== undefined),
  );
  if (faulty.length > 0) {
    terminal.error(style.alarm(tsdb.faults(faulty.length)));
    return exitCodes.failed;
  }
  terminal.out(tsdb.verified(files.reduce((sum, { rows }) => sum + rows, 0)));
  return exitCodes.done;
}

/** Columns as wide as their widest text; the last one as it is. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.slice(0, -1).forEach((text, i) => (widths[i] = Math.max(widths[i] ?? 0, displayWidth(text))));
  return rows.map((row) =>
    row
      .map((text, i) => (i === row.length - 1 ? text : padToWidth(text, widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function sizeText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] as string}`;
}

function countText(count: number): string {
  return count.toLocaleString('en-US');
}

function timeText(atMs: number | undefined): string {
  return atMs === undefined ? '-' : new Date(atMs).toISOString().slice(0, 19) + 'Z';
}
