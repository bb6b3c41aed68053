import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { languageOf, languages, messageOf, StartError } from '@tapewatch/model';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { findRunningServer, type Surroundings } from '../running-server/find-running-server.js';
import { acceptedAnswer, type RunningServer } from '../running-server/running-server.js';
import type { ServerArguments } from '../running-server/server-arguments.js';
import { createStyle } from '../style.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import { pointInTime } from './point-in-time.js';

export const reportFormats = ['md', 'html', 'json'] as const;
type ReportFormat = (typeof reportFormats)[number];

export interface ReportArguments extends ServerArguments {
  /** A day or a time; see `pointInTime`. */
  readonly from?: string;
  readonly to?: string;
  readonly format?: string;
  /** A file; without it the standard output. */
  readonly out?: string;
  readonly lang?: string;
}

export interface ReportCommandOptions extends Surroundings {
  readonly terminal: Terminal;
  readonly messages: Messages;
}

const mutation = `mutation MakeReport($from: DateTime, $to: DateTime) {
  generateReport(kind: DAILY, from: $from, to: $to) {
    ... on Report { id from to completeness }
    ... on Problem { code message }
  }
}`;

interface Made {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly completeness: number;
}

/** Has the running server make a daily report, and prints it. */
export async function reportDaily(args: ReportArguments, options: ReportCommandOptions): Promise<ExitCode> {
  const { terminal, messages } = options;
  // For a person who watches; what is printed may go into a file.
  const progress = (line: string): void => {
    if (terminal.logIsRead) terminal.error(createStyle(terminal.colours.error).dim(line));
  };
  try {
    const format = oneOf('--format', args.format ?? 'md', reportFormats);
    const language = oneOf('--lang', args.lang ?? languageOf(options.env), languages);
    const range = { from: pointInTime('--from', args.from), to: pointInTime('--to', args.to) };
    const server = await findRunningServer(args, options);
    progress(messages.report.making(server.url));
    const { generateReport } = await server.graphql<{ generateReport: Made }>(mutation, range);
    const made = acceptedAnswer<Made>(generateReport);
    const text = await readReport(server, made.id, format, language);
    progress(messages.report.made(made.from, made.to, `${Math.floor(made.completeness * 1000) / 10}%`));
    if (args.out === undefined) {
      terminal.out(text.trimEnd());
    } else {
      await write(resolve(options.baseDir, args.out), text);
      progress(messages.report.written(args.out));
    }
    return exitCodes.done;
  } catch (error) {
    return tellFailure(error, terminal, messages);
  }
}

async function readReport(server: RunningServer, id: string, format: ReportFormat, language: string): Promise<string> {
  const suffix = format === 'html' ? '' : `.${format}`;
  const response = await server.request(`/reports/${id}${suffix}?lang=${language}`);
  if (!response.ok) {
    const message = `The report ${id} was made, but cannot be read from ${server.url} (status ${response.status})`;
    throw new StartError('SERVER_UNREACHABLE', message);
  }
  const text = await response.text();
  return format === 'json' ? `${JSON.stringify(JSON.parse(text), undefined, 2)}\n` : text;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const message = `${file} cannot be written: ${messageOf(error)}. Name another file with --out`;
    throw new StartError('INVALID_INPUT', message, { cause: error });
  }
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${option} is one of ${allowed.join(', ')}; it is ${value}`);
  return found;
}
