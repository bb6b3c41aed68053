import 'reflect-metadata';

export { createServer } from './create-server.js';
export type { ServerOptions, TapewatchServer } from './server.js';
