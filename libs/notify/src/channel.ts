import type { ChannelLimits, Notification, SendResult } from '@tapewatch/plugin-sdk';

/** One configured channel, ready to send; declared here by the one who calls it. */
export interface Channel {
  /** From the config; unique. */
  readonly name: string;
  readonly plugin: string;
  readonly sendResolved: boolean;
  /** One at a time and as fast as it goes, where nothing is said. */
  readonly limits?: ChannelLimits;
  /** Delivers once. Never rejects, never takes longer than its deadline. */
  send(notification: Notification): Promise<SendResult>;
}

export interface Receiver {
  readonly name: string;
  readonly channels: readonly Channel[];
}
