import { parseDuration } from '@tapewatch/model';
import type { Messages } from '../messages/messages.js';
import { timeOf } from '../query/query-arguments.js';
import type { ServerArguments } from '../running-server/server-arguments.js';
import { UsageError } from '../usage-error.js';

export interface BacktestArguments extends ServerArguments {
  readonly file?: string;
  readonly rule?: string;
  /** Times: a day, a time, Unix seconds, or how long ago. */
  readonly from?: string;
  readonly to?: string;
  readonly flap?: string;
  readonly withSilences?: boolean;
  readonly json?: boolean;
}

/** What is asked for, but for the text of the file; milliseconds. */
export interface WantedBacktest {
  readonly rule?: string;
  readonly file?: string;
  readonly from: number;
  readonly to: number;
  readonly flapWithinMs: number;
  readonly withSilences: boolean;
}

const defaultRangeMs = 86_400_000;
const defaultFlapMs = 300_000;

/** Throws UsageError for what does not fit together. */
export function wantedBacktest(
  named: string | undefined,
  args: BacktestArguments,
  now: number,
  messages: Messages,
): WantedBacktest {
  if (named !== undefined && args.rule !== undefined) throw new UsageError(messages.backtest.twoRules);
  const rule = named ?? args.rule;
  if (rule === undefined && args.file === undefined) throw new UsageError(messages.backtest.noRule);
  const to = args.to === undefined ? now : timeOf('--to', args.to, now, messages);
  const from = args.from === undefined ? to - defaultRangeMs : timeOf('--from', args.from, now, messages);
  if (from >= to) throw new UsageError(messages.query.order);
  const flapWithinMs = args.flap === undefined ? defaultFlapMs : parseDuration(args.flap);
  if (flapWithinMs === undefined) throw new UsageError(messages.backtest.notFlap(args.flap ?? ''));
  return {
    ...{ from, to, flapWithinMs, withSilences: args.withSilences === true },
    ...(rule === undefined ? {} : { rule }),
    ...(args.file === undefined ? {} : { file: args.file }),
  };
}
