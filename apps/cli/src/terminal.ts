/** The two streams of the process, and how they may be written to. */
export interface Terminal {
  /** For people and for the console channel; adds the line break. */
  out(line: string): void;
  /** For problems; adds the line break. */
  error(line: string): void;
  /** Of log lines, line break included. */
  log(text: string): void;
  readonly colours: { readonly out: boolean; readonly error: boolean };
  /** What is put out is read by a person, not by a program. */
  readonly outIsRead: boolean;
  /** Columns of the terminal that is written to; undefined when there is none. */
  readonly outWidth: number | undefined;
  /** Logs are read by a person, not by a program. */
  readonly logIsRead: boolean;
}

interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Colours only on a terminal that has them, and never against NO_COLOR (https://no-color.org). */
export function createTerminal(
  stdout: OutputStream,
  stderr: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  // Whoever read the streams may be gone (EPIPE). The program goes on watching; there is nobody left to tell.
  stdout.on('error', () => undefined);
  stderr.on('error', () => undefined);
  const coloured = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    out: (line) => void stdout.write(`${line}\n`),
    error: (line) => void stderr.write(`${line}\n`),
    log: (text) => void stderr.write(text),
    colours: { out: coloured && stdout.isTTY === true, error: coloured && stderr.isTTY === true },
    outIsRead: stdout.isTTY === true,
    get outWidth() {
      return stdout.isTTY === true ? stdout.columns : undefined;
    },
    logIsRead: stderr.isTTY === true,
  };
}
