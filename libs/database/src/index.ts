export { openDatabase } from './database.js';
export type { Database, DatabaseTransaction, TablesOf } from './database.js';
export type { Migration } from './migrations.js';
export { WriteQueue } from './write-queue.js';
export type { WriteQueueOptions } from './write-queue.js';
