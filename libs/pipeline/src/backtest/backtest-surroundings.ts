import type { InhibitRule, Silence } from '@tapewatch/alerts';
import type { RouteConfig } from '@tapewatch/config';
import type { MetricStore } from '@tapewatch/metric-store';
import type { Clock, Language } from '@tapewatch/model';
import type { TimeWindows } from '@tapewatch/notify';
import type { RuleGroup } from '@tapewatch/rules';
import type { BacktestRequest } from './backtest-result.js';
import type { ReplayReceiver } from './recorded-notifications.js';

/** What a backtest needs of the program. */
export interface BacktestSurroundings {
  readonly metrics: MetricStore;
  /** How long every sample is kept; infinite for a backend. */
  readonly rawMs: number;
  /** The rules as they are. */
  readonly groups: readonly RuleGroup[];
  /** Throws a ConfigError. */
  readonly loadFile: (file: NonNullable<BacktestRequest['file']>) => Promise<readonly RuleGroup[]>;
  readonly route: RouteConfig;
  readonly receivers: readonly ReplayReceiver[];
  /** By the names under which routes mute, or are active. */
  readonly timeWindows?: TimeWindows;
  readonly inhibitRules?: readonly InhibitRule[];
  /** Those that are kept, whatever they are now. */
  readonly silences?: () => Promise<readonly Silence[]>;
  readonly externalUrl: string;
  readonly language?: Language;
  /** The real one. */
  readonly clock: Clock;
}
