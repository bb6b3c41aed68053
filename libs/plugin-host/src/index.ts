export { createChannel, createCheck } from './instances.js';
export type { ChannelInstance, CheckInstance } from './instances.js';
export { loadPlugin } from './load-plugin.js';
export { PluginRegistry } from './plugin-registry.js';
export type { PluginView, Provided } from './plugin-registry.js';
export { Supervisor } from './supervisor.js';
export type { Instance, PluginCall, PluginFailure, SupervisorOptions } from './supervisor.js';
