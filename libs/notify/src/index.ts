export type { Channel, Receiver } from './channel.js';
export type { ReportToTell } from './compose-report.js';
export { Notifier } from './notifier.js';
export type { ChannelTest, ChannelView, NotifierOptions } from './notifier.js';
export { notificationSweep } from './retention.js';
export type { ChannelOutcomes } from './outbox.js';
export { notifyMigrations } from './tables.js';
export { RouteTree } from './route-tree.js';
export type { Route } from './route-tree.js';
