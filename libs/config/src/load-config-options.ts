/** What loading reads besides its arguments; the default is the disk. */
export interface ConfigSource {
  /** The text of a file; rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  /** Absolute paths that match an absolute pattern; empty when none does. */
  readonly glob: (pattern: string) => Promise<readonly string[]>;
}

export interface LoadConfigOptions extends Partial<ConfigSource> {
  /** The file as the user named it; relative to `baseDir`. Paths written in it are relative to its folder. */
  readonly file: string;
  /** Its text, when it is at hand already; otherwise it is read. */
  readonly text?: string;
  /** For `${env:NAME}`, TAPEWATCH_DATA_DIR and TAPEWATCH_LISTEN. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The current folder: the default data folder (`./data`) and TAPEWATCH_DATA_DIR stand in it. */
  readonly baseDir: string;
}
