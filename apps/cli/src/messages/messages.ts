import type { AlertMessages } from '../alerts/alert-messages.js';
import type { BacktestMessages } from '../backtest/backtest-messages.js';
import type { SilenceMessages } from '../silences/silence-messages.js';

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
    readonly backup: string;
    readonly backupFile: string;
    readonly restore: string;
    readonly restoreFile: string;
    readonly verify: string;
    readonly force: string;
    readonly testRules: string;
    readonly testRulesFiles: string;
    readonly testRulesRun: string;
    readonly testRulesDiff: string;
    readonly testRulesJson: string;
    readonly report: string;
    readonly reportDaily: string;
    readonly reportFrom: string;
    readonly reportTo: string;
    readonly reportFormat: string;
    readonly reportOut: string;
    readonly reportLang: string;
    readonly reload: string;
    readonly testChannel: string;
    readonly testChannelName: string;
    readonly testChannelPreview: string;
    readonly notifications: string;
    readonly notificationsList: string;
    readonly notificationsAlert: string;
    readonly notificationsLast: string;
    readonly notificationsReplay: string;
    readonly notificationsIds: string;
    readonly notificationsChannel: string;
    readonly routes: string;
    readonly routesShow: string;
    readonly routesTest: string;
    readonly routesLabels: string;
    readonly routesVerify: string;
    readonly routesTree: string;
    readonly query: string;
    readonly queryExpression: string;
    readonly queryAt: string;
    readonly queryFrom: string;
    readonly queryTo: string;
    readonly queryStep: string;
    readonly queryJson: string;
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
    /** Before the sentence that tells what was lost. */
    readonly loss: string;
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
    readonly warning: (text: string) => string;
    readonly note: (text: string) => string;
    readonly summary: (counts: ConfigCounts) => string;
  };
  readonly notifications: {
    readonly titles: readonly string[];
    readonly none: string;
    readonly notCount: (found: string) => string;
    readonly which: string;
    readonly replayed: (count: number, channel: string) => string;
  };
  readonly routes: {
    readonly tree: string;
    readonly matching: string;
    readonly notLabel: (found: string) => string;
    readonly notExpected: (expected: string) => string;
  };
  readonly report: {
    readonly making: (url: string) => string;
    readonly made: (from: string, to: string, completeness: string) => string;
    readonly written: (file: string) => string;
  };
  readonly access: AccessMessages;
  readonly alerts: AlertMessages;
  readonly silence: SilenceMessages;
  readonly backup: {
    readonly copying: string;
    readonly left: (seconds: number) => string;
    readonly written: (file: string, size: string) => string;
    /** What is in it, by table. */
    readonly holds: (rows: Readonly<Record<string, number>>) => string;
    readonly cancelled: string;
    readonly noFolder: (folder: string) => string;
    readonly isFolder: (file: string) => string;
  };
  readonly restore: {
    readonly checking: string;
    readonly good: (file: string) => string;
    readonly madeBy: (version: string, at: string) => string;
    readonly setAside: (place: string) => string;
    readonly done: (dataDir: string) => string;
  };
  readonly testRules: {
    readonly unmatched: (pattern: string) => string;
    readonly noneRan: string;
    readonly badPattern: (pattern: string, reason: string) => string;
  };
  readonly reload: {
    readonly done: (changed: string) => string;
    readonly unchanged: string;
    readonly waiting: (sections: string) => string;
  };
  readonly testChannel: {
    readonly sent: (channel: string, ms: number) => string;
    readonly notSent: (channel: string, ms: number, reason: string) => string;
    readonly unknown: (channel: string, known: string) => string;
  };
  readonly query: {
    readonly columns: Readonly<
      Record<'series' | 'value' | 'time' | 'points' | 'min' | 'max' | 'last' | 'course', string>
    >;
    readonly nothing: string;
    readonly atOrRange: string;
    readonly order: string;
    readonly notTime: (option: string, found: string) => string;
    readonly notStep: (found: string) => string;
  };
  readonly backtest: BacktestMessages;
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

export interface AccessMessages {
  readonly help: {
    readonly token: string;
    readonly create: string;
    readonly name: string;
    readonly role: string;
    readonly expires: string;
    readonly json: string;
    readonly list: string;
    readonly all: string;
    readonly revoke: string;
    readonly signIn: string;
    readonly signInRole: string;
    readonly audit: string;
    readonly since: string;
    readonly verify: string;
  };
  readonly made: (name: string, role: string, expires: string | undefined) => string;
  readonly shownOnce: string;
  readonly noTokens: string;
  /** Name, role, state, expires, last used, made, by. */
  readonly tokenTitles: readonly string[];
  readonly valid: string;
  readonly expired: string;
  readonly revoked: string;
  readonly never: string;
  readonly isRevoked: (name: string) => string;
  readonly linkWorks: (until: string) => string;
  readonly noEntries: string;
  /** Number, when, who, role, from, what, target, outcome. */
  readonly auditTitles: readonly string[];
  readonly intact: (entries: number) => string;
  readonly tampered: (fault: string) => string;
  readonly notRole: (found: string, allowed: string) => string;
  readonly notDuration: (option: string, found: string) => string;
  readonly notTime: (found: string) => string;
}
