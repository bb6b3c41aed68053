/** Every text that the program itself says to people. Log lines and the codes of problems stay English, for searching. */
export interface Messages {
  readonly help: {
    readonly description: string;
    readonly start: string;
    readonly config: string;
    readonly url: string;
    readonly token: string;
    readonly demo: string;
    readonly checkConfig: string;
    readonly checkConfigFile: string;
    readonly version: string;
    readonly help: string;
    readonly helpCommand: string;
    readonly titles: Readonly<Record<'Usage:' | 'Options:' | 'Commands:' | 'Arguments:', string>>;
  };
  readonly progress: {
    readonly reading: (file: string) => string;
    readonly simulator: string;
    readonly opening: (dataDir: string) => string;
    readonly listening: string;
    readonly measuring: string;
  };
  readonly screen: {
    readonly title: (version: string) => string;
    readonly watching: string;
    readonly symbols: (exchange: string, count: number) => string;
    readonly more: (count: number) => string;
    readonly nothing: string;
    readonly host: string;
    readonly checks: (names: string) => string;
    readonly rules: (count: number, receivers: string) => string;
    readonly open: string;
    readonly signIn: string;
    readonly once: string;
    readonly tokenFromEnvironment: string;
    readonly data: string;
    readonly otlp: string;
    readonly otlpUnset: string;
    readonly stop: string;
    readonly stopHow: string;
    readonly demo: string;
  };
  readonly stopping: {
    readonly begun: string;
    readonly again: string;
    readonly forced: string;
    readonly overdue: string;
    readonly done: string;
  };
  readonly checkConfig: {
    readonly ok: (file: string) => string;
    readonly summary: (counts: ConfigCounts) => string;
  };
  readonly problems: (count: number) => string;
  readonly crashed: string;
}

export interface ConfigCounts {
  readonly exchanges: number;
  readonly symbols: number;
  readonly checks: number;
  readonly rules: number;
  readonly receivers: number;
}
