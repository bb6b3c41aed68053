import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import type { Clock, Logger } from '@tapewatch/model';
import type { Outbox } from '../outbox/outbox.js';
import type { Outgoing } from '../outbox/outgoing.js';
import { ChannelSender, type ChannelState } from './channel-sender.js';
import type { Channel } from './channel.js';

export interface SendersOptions {
  readonly outbox: Outbox;
  /** By channel and outcome. */
  readonly count: Counter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}

export interface ChannelView extends ChannelState {
  readonly name: string;
  readonly plugin: string;
  readonly deadLetters: number;
}

/** One sender for every channel there is. */
export class Senders {
  readonly #options: SendersOptions;
  readonly #duration: Histogram;
  readonly #senders = new Map<string, ChannelSender>();
  #channels: readonly Channel[] = [];

  constructor(options: SendersOptions) {
    this.#options = options;
    this.#duration = options.meter.createHistogram('notification.duration', {
      unit: 's',
      description: 'One attempt to deliver a notification',
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
    });
  }

  /** Channels that stay keep what waits. Returns the senders that are out of work. */
  bind(channels: readonly Channel[]): readonly ChannelSender[] {
    this.#channels = channels;
    const byName = new Map(channels.map((one) => [one.name, one]));
    const gone = [...this.#senders].filter(([name]) => !byName.has(name));
    for (const [name] of gone) this.#senders.delete(name);
    for (const [name, channel] of byName) {
      const sender = this.#senders.get(name);
      if (sender === undefined)
        this.#senders.set(name, new ChannelSender({ ...this.#options, channel, duration: this.#duration }));
      else sender.use(channel);
    }
    return gone.map(([, sender]) => sender);
  }

  /** The names of all channels. */
  get names(): readonly string[] {
    return [...this.#senders.keys()];
  }

  has(channel: string): boolean {
    return this.#senders.has(channel);
  }

  take(outgoing: Outgoing): void {
    this.#senders.get(outgoing.channel)?.take(outgoing);
  }

  /** Takes what was on its way to a channel; what waits for one that is gone is not sent, and noted so. */
  async resume(outgoing: Outgoing): Promise<void> {
    if (this.has(outgoing.channel)) return this.take(outgoing);
    const reason = 'its channel is no longer configured';
    this.#options.count.add(1, { channel: outgoing.channel, outcome: 'not_sent' });
    await this.#options.outbox.record(outgoing.id, { ...outgoing, outcome: 'not_sent', reason, latencyMs: 0 });
  }

  /** Dead letters of an earlier run. */
  rememberDead(dead: ReadonlyMap<string, number>): void {
    for (const [channel, count] of dead) {
      const sender = this.#senders.get(channel);
      if (sender !== undefined) sender.deadLetters = count;
    }
  }

  /** Takes dead letters of a channel, which are none from now on. */
  revive(channel: string, outgoing: readonly Outgoing[]): void {
    const sender = this.#senders.get(channel);
    if (sender === undefined) return;
    sender.deadLetters = Math.max(0, sender.deadLetters - outgoing.length);
    for (const one of outgoing) sender.take(one);
  }

  views(): readonly ChannelView[] {
    return this.#channels.map(({ name, plugin }) => {
      const sender = this.#senders.get(name) as ChannelSender;
      return { name, plugin, ...sender.state, deadLetters: sender.deadLetters };
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#senders.values()].map((sender) => sender.stop()));
  }
}
