import type { Language, Severity } from '@tapewatch/model';
import type { PluginContext } from './context.js';
import type { ConfigSchema } from './schema.js';

/** One alert as a channel tells it. Times are milliseconds since the epoch. @public */
export interface NotificationAlert {
  readonly id: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly status: 'firing' | 'resolved';
  readonly severity?: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number;
  readonly startsAt: number;
  readonly firedAt?: number;
  /** Present when resolved. */
  readonly endsAt?: number;
  readonly acknowledgedBy?: string;
  /** Where this alert can be looked at. */
  readonly url: string;
  /** From the annotation `runbook_url`. */
  readonly runbookUrl?: string;
}

/** A report that is to be told. @public */
export interface NotificationReport {
  readonly id: string;
  readonly title: string;
  /** The key figures, a line each. */
  readonly text: string;
  /** All of it, as GitHub's Markdown. */
  readonly markdown: string;
  /** All of it, as one HTML document that needs nothing else. */
  readonly html: string;
  /** Where it can be read. */
  readonly url: string;
}

/** What a channel is asked to tell: one flush of one group. @public */
export interface Notification {
  /** (receiver, group, flush number): the same over every retry and restart, so that the other side can drop repeats. */
  readonly idempotencyKey: string;
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  /** `firing` while any alert of it fires. */
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly NotificationAlert[];
  /** Base URL of this Tapewatch. */
  readonly externalUrl: string;
  readonly at: number;
  /** A message sent by a person to try the channel; it concerns no alert of a rule. */
  readonly test: boolean;
  /**
   * Present when this tells a report instead of alerts. `alerts` then holds one entry of the severity info that says the same in its
   * annotations `summary` and `description`, for channels that know of alerts alone.
   */
  readonly report?: NotificationReport;
  /**
   * What the user's templates made of it, for this channel: values are escaped as its `escape` does. Where a part is there, it takes the
   * place of the channel's own words.
   */
  readonly message?: { readonly title?: string; readonly text?: string };
  /** In which the program speaks to people; a channel may know better. English when absent. */
  readonly language?: Language;
}

/** How a delivery ended. A channel never retries by itself. @public */
export type SendResult =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly outcome: 'rejected'; readonly reason: string };

/** How much a channel's other side takes. @public */
export interface ChannelLimits {
  /** Deliveries at the same time; 1 when left out. Those of one group of alerts always follow one another. */
  readonly concurrency?: number;
  /** At most so many deliveries in any stretch of `perMs`. */
  readonly rate?: { readonly count: number; readonly perMs: number };
}

/** @public */
export interface ChannelDefinition<Config = unknown> {
  readonly kind: 'channel';
  /** The word for it in the config: `receivers: [{ <type>_configs: [...] }]`. */
  readonly type: string;
  readonly description: string;
  readonly config: ConfigSchema<Config>;
  /** Whether resolved notices are wanted when the config does not say. */
  readonly sendResolved: boolean;
  /** Kept by the stage; the config can say otherwise (`concurrency`, `rate_limit`). */
  readonly limits?: ChannelLimits;
  /** Makes any text stand for itself in the channel's markup: done to the values that templates bring in. Left out: text is text. */
  escape?(config: Config): (text: string) => string;
  /** How long one delivery may take until `signal` is aborted; 10 seconds when left out. The config can say otherwise (`timeout`). */
  readonly timeoutMs?: number;
  /** Delivers once. Throwing counts as `retry` and as a plugin failure. */
  send(context: PluginContext, config: Config, notification: Notification): Promise<SendResult> | SendResult;
}

/**
 * Declares a notification channel.
 * @example
 * const pager = defineChannel({
 *   type: 'pager',
 *   description: 'Posts to our pager gateway',
 *   config: z.object({ url: secretUrl() }),
 *   sendResolved: true,
 *   async send(ctx, config, notification) {
 *     const reply = await ctx.fetch(config.url.reveal(), { method: 'POST', body: JSON.stringify(notification) });
 *     return resultOfStatus(reply.status, reply.headers, ctx.clock.now());
 *   },
 * });
 * @public
 */
export function defineChannel<Config>(channel: Omit<ChannelDefinition<Config>, 'kind'>): ChannelDefinition<Config> {
  return { kind: 'channel', ...channel };
}

/** The other side has it. @public */
export function sent(): SendResult {
  return { outcome: 'sent' };
}

/** It may work later; `afterMs` when the other side said when. @public */
export function retry(reason: string, afterMs?: number): SendResult {
  return { outcome: 'retry', reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** It will never work as it is. @public */
export function rejected(reason: string): SendResult {
  return { outcome: 'rejected', reason };
}

/**
 * Reads an HTTP status as a delivery: 2xx sent; 408, 425, 429 and 5xx retry, honouring Retry-After (RFC 9110, 10.2.3, seconds or a
 * date); everything else rejected.
 * @public
 */
export function resultOfStatus(status: number, headers: Headers, nowMs: number): SendResult {
  if (status >= 200 && status < 300) return sent();
  const reason = `HTTP ${status}`;
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) return rejected(reason);
  return retry(reason, retryAfterMs(headers.get('retry-after'), nowMs));
}

/** A text as an HTTP header can carry it: what is not printable ASCII is percent-encoded. @public */
export function headerValue(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x7e]/gu, encodeURIComponent);
}

/**
 * Why a request got no answer, in words that hold nothing of the request: a URL may be a secret.
 * @public
 */
export function reasonOfFailure(thrown: unknown): string {
  const { code } = (thrown as { cause?: { code?: unknown } } | null)?.cause ?? {};
  if (typeof code === 'string') return code;
  if (!(thrown instanceof Error) || thrown.name === 'TypeError') return 'the request failed';
  return thrown.name === 'AbortError' || thrown.name === 'TimeoutError' ? 'no answer in time' : thrown.name;
}

/** Reads Retry-After (RFC 9110, 10.2.3: seconds or a date) as milliseconds from now. @public */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
