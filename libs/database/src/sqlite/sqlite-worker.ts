import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { ExecuteRequest, WorkerReply, WorkerRequest } from './protocol.js';

/*
 * All disk work of the state database happens in this thread, so that an fsync that stalls never stalls a tick.
 * It is loaded as a file of its own, compiled or as TypeScript source, and therefore imports nothing by value but node's own.
 */
const { path } = workerData as { path: string };
const database = new DatabaseSync(path);
const statements = new Map<string, StatementSync>();
const statementsKept = 256;

function prepare(sql: string): StatementSync {
  const known = statements.get(sql);
  if (known !== undefined) return known;
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
  const code = (thrown as { errcode?: unknown }).errcode;
  return { id, error: { message, code: typeof code === 'number' ? code : undefined } };
}

parentPort?.on('message', (request: WorkerRequest) => {
  let reply: WorkerReply;
  try {
    if ('close' in request) {
      statements.clear();
      database.close();
      reply = { id: request.id, rows: [] };
    } else {
      reply = execute(request);
    }
  } catch (thrown) {
    reply = failure(request.id, thrown);
  }
  parentPort?.postMessage(reply);
  if ('close' in request) parentPort?.close();
});
