import type { Counter, Histogram } from '@opentelemetry/api';
import { messageOf, type Clock, type Logger, type NotificationOutcome, type Timer } from '@tapewatch/model';
import { retry, type Notification, type SendResult } from '@tapewatch/plugin-sdk';
import type { Channel } from './channel.js';
import type { Outbox, Outgoing } from './outbox.js';

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

const firstPauseMs = 500;
const longestPauseMs = 60_000;
/** After this a notification that never got through is a dead letter. */
const patienceMs = 24 * 3_600_000;
const maxWaiting = 10_000;
/** A request to wait longer is not followed: whoever asks for a day would silence the channel. */
const longestWishMs = 3_600_000;

/** Sends the notifications of one channel, in order, one at a time; a failing one waits with growing pauses. It never concerns another channel. */
export class ChannelSender {
  readonly #options: ChannelSenderOptions;
  readonly #waiting: Outgoing[] = [];
  #sending: Promise<void> | undefined;
  #timer: Timer | undefined;
  /** On the monotonic clock, so that a jump of the wall clock neither hurries nor holds it. */
  #pausedUntilMs = 0;
  #stopped = false;
  #lastSentAt: number | undefined;
  #lastError: string | undefined;
  deadLetters = 0;

  constructor(options: ChannelSenderOptions) {
    this.#options = options;
    for (const outcome of ['sent', 'retrying', 'dead', 'not_sent'])
      options.count.add(0, { channel: options.channel.name, outcome });
  }

  get state(): ChannelState {
    return {
      healthy: this.#lastError === undefined,
      pending: this.#waiting.length,
      ...(this.#lastSentAt === undefined ? {} : { lastSentAt: this.#lastSentAt }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  take(outgoing: Outgoing): void {
    this.#waiting.push(outgoing);
    if (this.#waiting.length === 1)
      this.pause(Math.min(longestWishMs, outgoing.nextAttemptAt - this.#options.clock.now()));
    if (this.#waiting.length > maxWaiting) this.giveUpOldest();
    this.next();
  }

  /** Waits for the one that is being sent; the rest stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#sending;
  }

  private next(): void {
    if (this.#stopped || this.#sending !== undefined) return;
    this.#timer?.cancel();
    const head = this.#waiting[0];
    if (head === undefined) return;
    const pauseMs = this.#pausedUntilMs - this.#options.clock.monotonic();
    if (pauseMs > 0) {
      this.#timer = this.#options.clock.setTimeout(() => this.next(), pauseMs);
      return;
    }
    this.#sending = this.attempt(head).finally(() => {
      this.#sending = undefined;
      this.next();
    });
  }

  private pause(pauseMs: number): void {
    this.#pausedUntilMs = this.#options.clock.monotonic() + pauseMs;
  }

  private async attempt(head: Outgoing): Promise<void> {
    const { channel, clock, duration } = this.#options;
    const begun = clock.monotonic();
    const result = await this.deliver(head.notification);
    const latencyMs = clock.monotonic() - begun;
    duration.record(latencyMs / 1000, { channel: channel.name });
    if (result.outcome === 'sent') {
      if (this.#lastError !== undefined)
        this.#options.logger.info({ channel: channel.name }, 'the channel delivers again');
      this.#lastSentAt = clock.now();
      this.#lastError = undefined;
      this.drop(head);
      await this.finish(head, 'sent', undefined, latencyMs);
      return;
    }
    this.note(result.reason);
    const expired = clock.now() - head.notification.at > patienceMs;
    if (result.outcome === 'rejected' || expired) {
      this.drop(head);
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
      return await this.#options.channel.send(notification);
    } catch (thrown) {
      return retry(messageOf(thrown));
    }
  }

  /** The one that is being sent stays: it may arrive yet. */
  private giveUpOldest(): void {
    const [oldest] = this.#waiting.splice(this.#sending === undefined ? 0 : 1, 1);
    if (oldest !== undefined) void this.finish(oldest, 'dead', 'too many notifications wait for this channel', 0);
  }

  private async postpone(head: Outgoing, result: SendResult & { outcome: 'retry' }, latencyMs: number): Promise<void> {
    const { clock, random } = this.#options;
    // Equal jitter: half of the pause is certain, half is random, so that channels that failed together do not come back together.
    const fullMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(head.attempts, 10));
    const pauseMs = Math.max(fullMs / 2 + (random() * fullMs) / 2, Math.min(result.afterMs ?? 0, longestWishMs));
    const again: Outgoing = { ...head, attempts: head.attempts + 1, nextAttemptAt: Math.round(clock.now() + pauseMs) };
    const place = this.#waiting.indexOf(head);
    if (place >= 0) this.#waiting[place] = again;
    this.pause(pauseMs);
    this.#options.count.add(1, { channel: head.channel, outcome: 'retrying' });
    await this.record(again, 'retrying', result.reason, latencyMs);
  }

  private drop(outgoing: Outgoing): void {
    const place = this.#waiting.indexOf(outgoing);
    if (place >= 0) this.#waiting.splice(place, 1);
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
      this.#options.logger.warn(
        { channel: this.#options.channel.name, reason },
        'the channel does not deliver; trying again',
      );
    this.#lastError = reason;
  }
}
