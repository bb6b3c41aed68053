import type { ChannelConfig } from '@tapewatch/config';
import type { Channel } from '@tapewatch/notify';
import { rejected } from '@tapewatch/plugin-sdk';

/**
 * Stands for a receiver of an imported file that no plugin can serve: whatever it is to be told becomes a dead letter that says so, and
 * can be sent once there is a plugin.
 */
export function undeliverableChannel({ name, type, sendResolved }: ChannelConfig): Channel {
  return {
    name,
    plugin: type,
    sendResolved: sendResolved ?? true,
    send: () => Promise.resolve(rejected(`no plugin provides the channel type ${type}`)),
  };
}
