import type { Terminal } from '../terminal.js';

/** Keeps what was written; no colours, and JSON logs unless told otherwise. */
export class RecordingTerminal implements Terminal {
  readonly outLines: string[] = [];
  readonly errorLines: string[] = [];
  readonly logs: string[] = [];
  readonly colours = { out: false, error: false };
  readonly outIsRead: boolean = false;
  outWidth: number | undefined;
  readonly logIsRead: boolean;

  constructor(logIsRead = false) {
    this.logIsRead = logIsRead;
  }

  out(line: string): void {
    this.outLines.push(line);
  }
  error(line: string): void {
    this.errorLines.push(line);
  }
  log(text: string): void {
    this.logs.push(text);
  }
}
