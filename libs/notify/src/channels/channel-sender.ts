import type { Counter, Histogram } from '@opentelemetry/api';
import {
  backoffMs,
  messageOf,
  type BackoffRange,
  type Clock,
  type Logger,
  type NotificationOutcome,
  type Timer,
} from '@tapewatch/model';
import { retry, type Notification, type SendResult } from '@tapewatch/plugin-sdk';
import type { Channel } from './channel.js';
import type { Outbox } from '../outbox/outbox.js';
import type { Outgoing } from '../outbox/outgoing.js';
import { RateLimit } from './rate-limit.js';
import { SendQueue } from './send-queue.js';

export interface ChannelSenderOptions {
  readonly channel: Channel;
  readonly outbox: Pick<Outbox, 'record'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly count: Counter;
  readonly duration: Histogram;
}

export interface ChannelState {
  readonly healthy: boolean;
  readonly lastSentAt?: number;
  readonly lastError?: string;
  readonly pending: number;
}

/** After this a notification that never got through is a dead letter. */
const patienceMs = 24 * 3_600_000;
const maxWaiting = 10_000;
/** A request to wait longer is not followed: whoever asks for a day would silence the channel. */
const longestWishMs = 3_600_000;
const pauses: BackoffRange = { firstMs: 500, longestMs: 60_000 };
/** From so many failures on others go first: it may be this notification that the other side cannot take. */
const stubborn = 3;

/**
 * Sends the notifications of one channel: those of a group in order and one at a time, as many groups at once and as fast as the channel's
 * limits allow. While the channel fails one is tried at a time, with growing pauses. It never concerns another channel.
 */
export class ChannelSender {
  readonly #options: ChannelSenderOptions;
  readonly #queue = new SendQueue();
  #channel: Channel;
  #rate: RateLimit | undefined;
  readonly #sending = new Set<Promise<void>>();
  /** Outcomes on their way to the disk. */
  readonly #noting = new Set<Promise<void>>();
  #timer: Timer | undefined;
  /** On the monotonic clock, so that a jump of the wall clock neither hurries nor holds it. */
  #pausedUntilMs = 0;
  /** Attempts that failed since the newest success. */
  #failures = 0;
  #stopped = false;
  #lastSentAt: number | undefined;
  #lastError: string | undefined;
  deadLetters = 0;

  constructor(options: ChannelSenderOptions) {
    this.#options = options;
    this.#channel = options.channel;
    this.#rate = rateOf(options.channel);
    for (const outcome of ['sent', 'retrying', 'dead', 'not_sent'])
      options.count.add(0, { channel: options.channel.name, outcome });
  }

  get state(): ChannelState {
    return {
      healthy: this.#lastError === undefined,
      pending: this.#queue.size,
      ...(this.#lastSentAt === undefined ? {} : { lastSentAt: this.#lastSentAt }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  take(outgoing: Outgoing): void {
    const { clock } = this.#options;
    // A first attempt is due at once, whatever the wall clock was set to since it was written.
    const waitMs = outgoing.attempts === 0 ? 0 : Math.min(longestWishMs, outgoing.nextAttemptAt - clock.now());
    const notBeforeMs = clock.monotonic() + waitMs;
    const queuedMs = clock.monotonic() - Math.max(0, clock.now() - outgoing.queuedAt);
    this.#queue.push({ ...outgoing, queuedMs }, notBeforeMs);
    // It was to be tried later before a restart: perhaps the other side had asked for that.
    if (outgoing.attempts > 0) this.#pausedUntilMs = Math.max(this.#pausedUntilMs, notBeforeMs);
    if (this.#queue.size > maxWaiting) this.giveUpOldest();
    this.next();
  }

  /** The channel of the same name, as it is configured now: what waits is sent by it, and at once, as it may have been mended. */
  use(channel: Channel): void {
    if (channel === this.#channel) return;
    this.#channel = channel;
    this.#rate = rateOf(channel);
    this.#pausedUntilMs = 0;
    this.next();
  }

  /** What waits, after a stop. */
  left(): readonly Outgoing[] {
    return this.#queue.all();
  }

  /** Waits for those that are being sent; the rest stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await Promise.all(this.#sending);
    await Promise.all(this.#noting);
  }

  private next(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    while (!this.#stopped && this.hasRoom()) {
      const nowMs = this.#options.clock.monotonic();
      const waitMs = Math.max(this.#pausedUntilMs - nowMs, this.#rate?.waitMs(nowMs) ?? 0);
      const head = waitMs > 0 ? waitMs : this.#queue.take(nowMs);
      if (typeof head === 'number') {
        if (this.#queue.size > 0 && head !== Infinity)
          this.#timer = this.#options.clock.setTimeout(() => this.next(), head);
        return;
      }
      this.#rate?.take(nowMs);
      const work = this.attempt(head).finally(() => {
        this.#sending.delete(work);
        this.next();
      });
      this.#sending.add(work);
    }
  }

  /** What a crash would send again, under the same keys, is bounded: twice as many as are sent at once. */
  private hasRoom(): boolean {
    const atOnce = this.#failures > 0 ? 1 : (this.#channel.limits?.concurrency ?? 1);
    return this.#sending.size < atOnce && this.#sending.size + this.#noting.size < 2 * atOnce;
  }

  private async attempt(head: Outgoing): Promise<void> {
    const { clock, duration } = this.#options;
    const channel = this.#channel;
    const begun = clock.monotonic();
    const result = await this.deliver(head.notification);
    const latencyMs = clock.monotonic() - begun;
    duration.record(latencyMs / 1000, { channel: channel.name });
    if (result.outcome === 'sent') {
      if (this.#lastError !== undefined)
        this.#options.logger.info({ channel: channel.name }, 'the channel delivers again');
      this.#lastSentAt = clock.now();
      this.#lastError = undefined;
      this.#failures = 0;
      this.#queue.done(head);
      // The next does not wait for the disk to note it: a crash in between sends it again, under the same key.
      this.keep(this.finish(head, 'sent', undefined, latencyMs));
      return;
    }
    this.note(result.reason);
    const expired = head.queuedMs !== undefined && clock.monotonic() - head.queuedMs > patienceMs;
    if (result.outcome === 'rejected' || expired) {
      this.#queue.done(head);
      await this.finish(
        head,
        'dead',
        expired ? `not delivered within a day: ${result.reason}` : result.reason,
        latencyMs,
      );
      return;
    }
    await this.postpone(head, result, latencyMs);
  }

  /** A channel that breaks its promise never to reject must not end the sender, nor make it spin. */
  private async deliver(notification: Notification): Promise<SendResult> {
    try {
      return await this.#channel.send(notification);
    } catch (thrown) {
      return retry(messageOf(thrown));
    }
  }

  private keep(noting: Promise<void>): void {
    const kept = noting.finally(() => {
      this.#noting.delete(kept);
      this.next();
    });
    this.#noting.add(kept);
  }

  private giveUpOldest(): void {
    const oldest = this.#queue.dropOldest();
    if (oldest !== undefined) void this.finish(oldest, 'dead', 'too many notifications wait for this channel', 0);
  }

  private async postpone(head: Outgoing, result: SendResult & { outcome: 'retry' }, latencyMs: number): Promise<void> {
    const { clock, random } = this.#options;
    const nowMs = clock.monotonic();
    // Those that were under way together fail together, and count once.
    if (nowMs >= this.#pausedUntilMs) this.#failures++;
    const wishMs = Math.min(result.afterMs ?? 0, longestWishMs);
    const pauseMs = Math.max(backoffMs(this.#failures, pauses, random()), wishMs);
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + pauseMs);
    const again: Outgoing = { ...head, attempts: head.attempts + 1, nextAttemptAt: Math.round(clock.now() + pauseMs) };
    this.#queue.failed(
      head,
      again,
      (failures) => (failures < stubborn ? 0 : 2 * backoffMs(failures, pauses, 1)),
      nowMs,
    );
    this.#options.count.add(1, { channel: head.channel, outcome: 'retrying' });
    await this.record(again, 'retrying', result.reason, latencyMs);
  }

  private async finish(
    outgoing: Outgoing,
    outcome: 'sent' | 'dead',
    reason: string | undefined,
    latencyMs: number,
  ): Promise<void> {
    this.#options.count.add(1, { channel: outgoing.channel, outcome });
    if (outcome === 'dead') {
      this.deadLetters++;
      this.#options.logger.error(
        { channel: outgoing.channel, key: outgoing.notification.idempotencyKey, reason },
        'a notification could not be delivered',
      );
    }
    await this.record({ ...outgoing, attempts: outgoing.attempts + 1 }, outcome, reason, latencyMs);
  }

  private async record(
    outgoing: Outgoing,
    outcome: NotificationOutcome,
    reason: string | undefined,
    latencyMs: number,
  ): Promise<void> {
    const { attempts, nextAttemptAt } = outgoing;
    try {
      await this.#options.outbox.record(outgoing.id, {
        outcome,
        attempts,
        nextAttemptAt,
        latencyMs,
        ...(reason === undefined ? {} : { reason }),
      });
    } catch (thrown) {
      // Not written: after a crash it is sent again, under the same key.
      this.#options.logger.warn(
        { channel: outgoing.channel, error: messageOf(thrown) },
        'the outcome of a notification cannot be written',
      );
    }
  }

  private note(reason: string): void {
    if (this.#lastError === undefined)
      this.#options.logger.warn({ channel: this.#channel.name, reason }, 'the channel does not deliver; trying again');
    this.#lastError = reason;
  }
}

function rateOf({ limits }: Channel): RateLimit | undefined {
  return limits?.rate === undefined ? undefined : new RateLimit(limits.rate);
}
