import { parseDuration } from '@tapewatch/model';
import type { Messages } from '../messages/messages.js';
import { pointInTime } from '../report/point-in-time.js';
import type { ServerArguments } from '../running-server/server-arguments.js';
import { UsageError } from '../usage-error.js';

export interface QueryArguments extends ServerArguments {
  /** Times: see `timeOf`. */
  readonly at?: string;
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
  readonly json?: boolean;
}

/** What the server is asked: as of one time, or over a stretch; milliseconds. */
export type Moment =
  | { readonly kind: 'instant'; readonly at?: number }
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly stepMs: number };

const defaultRangeMs = 3_600_000;
/** Without --step; so many points show what a line of text can show. */
const wantedPoints = 240;

/** Throws UsageError for what does not fit together. */
export function momentOf(args: QueryArguments, now: number, messages: Messages): Moment {
  const { at, from, to, step } = args;
  if (from === undefined && to === undefined && step === undefined)
    return at === undefined ? { kind: 'instant' } : { kind: 'instant', at: timeOf('--at', at, now, messages) };
  if (at !== undefined) throw new UsageError(messages.query.atOrRange);
  const end = to === undefined ? now : timeOf('--to', to, now, messages);
  const start = from === undefined ? end - defaultRangeMs : timeOf('--from', from, now, messages);
  if (start >= end) throw new UsageError(messages.query.order);
  return { kind: 'range', from: start, to: end, stepMs: stepOf(step, end - start, messages) };
}

/** A day, a time, Unix seconds, or how long ago (`15m`). */
export function timeOf(option: string, text: string, now: number, messages: Messages): number {
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  try {
    return Date.parse(pointInTime(option, text) as string);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw new UsageError(messages.query.notTime(option, text));
    throw thrown;
  }
}

function stepOf(step: string | undefined, spanMs: number, messages: Messages): number {
  if (step === undefined) return Math.max(1_000, Math.ceil(spanMs / wantedPoints / 1_000) * 1_000);
  const ms = /^\d+(\.\d+)?$/.test(step) ? Number(step) * 1000 : parseDuration(step);
  if (ms === undefined || ms < 1) throw new UsageError(messages.query.notStep(step));
  return ms;
}
