import type { Language, Problem, TimeInterval } from '@tapewatch/model';

/** The checked tree: paths absolute, durations in milliseconds, sizes in bytes, defaults filled in. */
export interface TapewatchConfig {
  /** The file it was read from. */
  readonly file: string;
  readonly dataDir: string;
  readonly server: ServerConfig;
  /** Whether the files are read again by themselves when they change. */
  readonly reload: { readonly watch: boolean };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  readonly metrics: MetricsConfig;
  readonly history: HistoryConfig;
  readonly host: { readonly enabled: boolean };
  readonly otlp: {
    readonly destinations: readonly OtlpDestinationConfig[];
    /** Resource attributes of what is pushed that become labels of every series. */
    readonly promoteResourceAttributes: readonly string[];
  };
  readonly exchanges: readonly ExchangeConfig[];
  readonly plugins: readonly PluginConfig[];
  readonly checks: readonly CheckConfig[];
  readonly shippedRules: boolean;
  /** Files, globs already expanded. */
  readonly ruleFiles: readonly string[];
  readonly alerts: AlertsConfig;
  readonly route: RouteConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibitRules: readonly InhibitRuleConfig[];
  readonly timeIntervals: readonly TimeIntervalsConfig[];
  /** Where `route`, `receivers`, `inhibit_rules` and `time_intervals` stand in the tree: at the root, or in an imported file. */
  readonly routingPath: readonly string[];
  /** Files with templates for messages. */
  readonly templateFiles: readonly string[];
  /** Whom to call for as long as all is well. */
  readonly heartbeat?: HeartbeatConfig;
  readonly reports: readonly ReportConfig[];
  /** Where a path of the tree stands in the file, for problems that only a later stage can see. */
  readonly locate: Locate;
  /** What was written and has no effect. */
  readonly warnings: readonly Problem[];
  /** The text it was read from as it may be shown: no secrets, no comments. */
  readonly shown: string;
  /** What it was read from: absolute paths of files, and of folders in which patterns find theirs. */
  readonly sources: readonly string[];
}

/** `['exchanges', 0, 'venue']` -> where it stands; the nearest parent when the key itself is absent. */
export type Locate = (path: readonly (string | number)[]) => Place;

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The value came, in whole or in part, from `${env:NAME}` or `${file:PATH}`: it may be a secret and is not to be shown. */
  readonly substituted?: boolean;
}

export interface ServerConfig {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Base of links in notifications; without it, the address listened on. */
  readonly externalUrl?: string;
  /** Files in PEM form, absolute. With it only https is spoken. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  readonly trustedProxies: readonly string[];
  /** Other machines may send tokens in plain text. */
  readonly allowPlaintext: boolean;
}

export interface MetricsConfig {
  readonly retentionMs: number;
  readonly memoryBytes: number;
  readonly history: MetricHistoryConfig;
  /** Where history is instead of on the disk here: a backend that speaks Prometheus' HTTP API. */
  readonly backend?: {
    /** What stands before `/api/v1`. */
    readonly url: string;
    /** Credentials and tenant. */
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
  };
  /** Series per instrument. */
  readonly cardinalityLimit: number;
  /** Extra resource attributes. */
  readonly resource: Readonly<Record<string, string>>;
}

export interface MetricHistoryConfig {
  /** Without it, memory is all there is, and a restart begins anew. */
  readonly enabled: boolean;
  /** How long every sample is kept on disk; whole days of UTC. */
  readonly rawMs: number;
  /** How long one-minute summaries are kept on disk. */
  readonly rollupsMs: number;
}

/** How long what is over is kept. */
export interface HistoryConfig {
  readonly alertsMs: number;
  readonly healthMs: number;
  readonly notificationsMs: number;
  readonly reportsMs: number;
}

export interface OtlpDestinationConfig {
  readonly name: string;
  readonly endpoint: string;
  readonly protocol: 'http/json' | 'http/protobuf';
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'none';
  readonly timeoutMs: number;
}

export interface ExchangeConfig {
  readonly id: string;
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly staleAfterMs: number;
  readonly feedTimeoutMs: number;
  readonly pollIntervalMs: number;
  readonly requestTimeoutMs: number;
  readonly restUrl?: string;
  readonly wsUrl?: string;
}

export interface PluginConfig {
  /** Folder or module file. */
  readonly path: string;
}

export interface CheckConfig {
  readonly name: string;
  /** Type of a check plugin. */
  readonly type: string;
  readonly intervalMs: number;
  /** Below the interval. */
  readonly timeoutMs: number;
  /** The plugin's own; checked by its schema. */
  readonly config: unknown;
}

/** Alerts that other programs send or raise. */
export interface AlertsConfig {
  /** After this one ends that nobody has sent again. */
  readonly resolveTimeoutMs: number;
  readonly limits: readonly AlertLimitConfig[];
}

export interface AlertLimitConfig {
  /** Of the alerts; `*` = every name that has no limit of its own. */
  readonly name: string;
  /** Most new ones within the window; absent: any number. */
  readonly maxAlerts?: number;
  readonly windowMs: number;
  /** Nothing new while one of the same name, severity and title is active. */
  readonly preventDuplicates: boolean;
}

/** Alertmanager's route tree; what is unset is inherited from the parent, at the root our defaults. */
export interface RouteConfig {
  readonly receiver?: string;
  /** In either syntax of Alertmanager's; parsed by the stage. */
  readonly matchers: readonly string[];
  readonly continue: boolean;
  /** `['...']` = all labels. */
  readonly groupBy?: readonly string[];
  readonly groupWaitMs?: number;
  readonly groupIntervalMs?: number;
  readonly repeatIntervalMs?: number;
  /** Names under `time_intervals`; not inherited. */
  readonly muteTimeIntervals?: readonly string[];
  readonly activeTimeIntervals?: readonly string[];
  /** Whom to tell later, of alerts that nobody has acknowledged. */
  readonly escalate?: readonly EscalationConfig[];
  readonly routes: readonly RouteConfig[];
}

/** A later step of a route. */
export interface EscalationConfig {
  /** Since the alert began to fire. */
  readonly afterMs: number;
  readonly receiver: string;
}

/** A dead man's switch: somebody who tells people when the calls cease. */
export interface HeartbeatConfig {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** A report that is made again and again. */
export interface ReportConfig {
  readonly kind: 'daily';
  /** Five cron fields, checked by the stage. */
  readonly schedule: string;
  /** Of the schedule: a name of the IANA time zone database. */
  readonly zone: string;
  /** Names of receivers; none: it is kept, and sent to nobody. */
  readonly receivers: readonly string[];
  readonly language: Language;
}

export interface ReceiverConfig {
  readonly name: string;
  readonly channels: readonly ChannelConfig[];
}

/** One entry under `<type>_configs` of a receiver. */
export interface ChannelConfig {
  /** The receiver's name, with `/type` behind it where the receiver has several, and a number from the second of one type on. */
  readonly name: string;
  readonly type: string;
  readonly sendResolved?: boolean;
  /** How long one delivery may take, in place of what the plugin says. */
  readonly timeoutMs?: number;
  /** The plugin's own; checked by its schema. */
  readonly config: unknown;
  /** In place of those that the plugin declares. */
  readonly limits?: {
    readonly concurrency?: number;
    readonly rate?: { readonly count: number; readonly perMs: number };
  };
  /** What messages say in place of the channel's own words. */
  readonly template?: MessageTemplateConfig;
  /** From an alertmanager.yml, where it may be of a kind that no plugin provides. */
  readonly imported?: boolean;
  /** Where it stands in the tree. */
  readonly path: readonly (string | number)[];
}

/** Go templates with Alertmanager's data and functions. */
export interface MessageTemplateConfig {
  readonly title?: string;
  readonly text?: string;
}

/** Stretches of time under a name that routes use: any of them counts. */
export interface TimeIntervalsConfig {
  readonly name: string;
  readonly intervals: readonly TimeInterval[];
}

/** Alerts that keep others from being told. Matchers are text, in either syntax of Alertmanager's. */
export interface InhibitRuleConfig {
  readonly name?: string;
  readonly sourceMatchers: readonly string[];
  readonly targetMatchers: readonly string[];
  /** Labels in which source and target must agree. */
  readonly equal: readonly string[];
  /** Where it stands in the tree. */
  readonly path: readonly (string | number)[];
}
