import type { MessageTemplate } from '@tapewatch/go-template';
import type { ChannelLimits, Notification, SendResult } from '@tapewatch/plugin-sdk';

/** One configured channel, ready to send; declared here by the one who calls it. */
export interface Channel {
  /** From the config; unique. */
  readonly name: string;
  readonly plugin: string;
  readonly sendResolved: boolean;
  /** One at a time and as fast as it goes, where nothing is said. */
  readonly limits?: ChannelLimits;
  /** What messages say in place of the channel's own words. */
  readonly template?: { readonly title?: MessageTemplate; readonly text?: MessageTemplate };
  /** Makes a value of a template stand for itself in the channel's markup. */
  readonly escape?: (text: string) => string;
  /** Delivers once. Never rejects, never takes longer than its deadline. */
  send(notification: Notification): Promise<SendResult>;
}

export interface Receiver {
  readonly name: string;
  readonly channels: readonly Channel[];
}
