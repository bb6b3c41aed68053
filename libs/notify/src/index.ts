export type { Channel, Receiver } from './channel.js';
export { Notifier } from './notifier.js';
export type { ChannelTest, ChannelView, NotifierOptions } from './notifier.js';
export { notificationSweep } from './retention.js';
export { notifyMigrations } from './tables.js';
