import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { KeptFile } from '../kept-file/kept-file.ts';
import type { ExecuteRequest, Opening, WorkerMessage, WorkerReply, WorkerRequest } from './protocol.ts';

/*
 * All disk work of the state database happens in this thread, so that an fsync that stalls never stalls a tick.
 * It is loaded as a file of its own, compiled or as TypeScript source, and therefore imports by value nothing but node's own and files
 * of this folder by their real names.
 */
const { path, damagedSuffix, mustExist } = workerData as { path: string; damagedSuffix: string; mustExist: boolean };
const { opening, file, database } = openIt();
const statements = new Map<string, StatementSync>();
const statementsKept = 256;

function openIt(): { readonly opening: Opening; readonly file?: KeptFile; readonly database?: DatabaseSync } {
  if (path === ':memory:') {
    const memory = new DatabaseSync(path);
    memory.exec('pragma foreign_keys = on');
    return { opening: { state: 'open', lost: undefined }, database: memory };
  }
  const opened = KeptFile.open(path, damagedSuffix, mustExist);
  return opened.file === undefined ? opened : { ...opened, database: opened.file.database };
}

function prepare(sql: string): StatementSync {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  if (database === undefined) throw new Error('the database is not open');
  if (statements.size >= statementsKept) statements.delete(statements.keys().next().value as string);
  const statement = database.prepare(sql);
  statements.set(sql, statement);
  return statement;
}

function execute(request: ExecuteRequest): WorkerReply {
  const statement = prepare(request.sql);
  if (statement.columns().length > 0) {
    const rows = statement.all(...request.parameters);
    return { id: request.id, rows };
  }
  const { changes, lastInsertRowid } = statement.run(...request.parameters);
  return { id: request.id, rows: [], changes, lastInsertRowid };
}

function failure(id: number, thrown: unknown): WorkerReply {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const { errcode, errno, code } = thrown as { errcode?: unknown; errno?: unknown; code?: unknown };
  return {
    id,
    error: {
      message,
      code: typeof errcode === 'number' ? errcode : undefined,
      systemCode: typeof errno === 'number' && typeof code === 'string' ? code : undefined,
    },
  };
}

function answer(request: Exclude<WorkerRequest, { copyTo: string }>): WorkerReply {
  if ('sql' in request) return execute(request);
  if ('checkpoint' in request) file?.checkpoints.now();
  // Not as a statement: each of its steps frees one page.
  else if ('release' in request) database?.exec(`pragma incremental_vacuum(${request.release})`);
  else close();
  return { id: request.id, rows: [] };
}

function close(): void {
  statements.clear();
  if (file === undefined) database?.close();
  else file.close();
}

function copy(id: number, to: string): void {
  if (file === undefined) return say(failure(id, new Error('a database in memory cannot be copied')));
  file
    .copy(to, (done, total) => say({ copying: id, done, total }))
    .then(
      (copied) => say({ id, copied }),
      (thrown: unknown) => say(failure(id, thrown)),
    );
}

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (request: WorkerRequest) => {
  if ('copyTo' in request) return copy(request.id, request.copyTo);
  let reply: WorkerReply;
  try {
    reply = answer(request);
  } catch (thrown) {
    reply = failure(request.id, thrown);
  }
  say(reply);
  if ('close' in request) parentPort?.close();
  // After the answer, so that nobody waits for it.
  else if ('sql' in request) file?.checkpoints.whenDue();
});
say({ opening });
