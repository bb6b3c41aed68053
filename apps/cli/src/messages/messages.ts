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
    readonly testChannel: string;
    readonly testChannelName: string;
    readonly tsdb: string;
    readonly tsdbInfo: string;
    readonly tsdbVerify: string;
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
  readonly testChannel: {
    readonly sent: (channel: string, ms: number) => string;
    readonly notSent: (channel: string, ms: number, reason: string) => string;
    readonly unknown: (channel: string, known: string) => string;
  };
  readonly tsdb: {
    readonly nothing: (folder: string) => string;
    readonly columns: Readonly<
      Record<'file' | 'size' | 'series' | 'samples' | 'perSample' | 'from' | 'to' | 'rows' | 'state', string>
    >;
    readonly total: string;
    readonly whole: string;
    readonly setAside: string;
    readonly damaged: (rows: number) => string;
    readonly unreadable: (reason: string) => string;
    readonly verified: (rows: number) => string;
    readonly faults: (files: number) => string;
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
