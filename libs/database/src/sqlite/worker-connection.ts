import { Worker } from 'node:worker_threads';
import type { SqlValue, WorkerReply, WorkerRequest } from './protocol.js';

export interface ExecuteResult {
  readonly rows: readonly Record<string, SqlValue>[];
  readonly changes?: number | bigint;
  readonly lastInsertRowid?: number | bigint;
}

/** A failure that SQLite reports, with its result code (sqlite.org/rescode.html). */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  readonly code: number | undefined;

  constructor(message: string, code: number | undefined) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (result: ExecuteResult) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end of the storage worker: one statement at a time goes over, answers come back by number. */
export class WorkerConnection {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: Error | undefined;

  constructor(path: string) {
    // The extension is the one this module itself was loaded with: source in tests, compiled in production.
    const file = import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url), {
      workerData: { path },
      name: 'tapewatch-storage',
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.#worker.on('message', (reply: WorkerReply) => this.settle(reply));
    this.#worker.on('error', (error) =>
      this.end(new SqliteError(error instanceof Error ? error.message : String(error), codeOf(error))),
    );
    this.#worker.on('exit', () => this.end(new SqliteError('the storage worker has ended', undefined)));
  }

  execute(sql: string, parameters: readonly SqlValue[] = []): Promise<ExecuteResult> {
    return this.send((id) => ({ id, sql, parameters }));
  }

  /** Closes the file; what was committed is on disk. Safe twice. */
  async close(): Promise<void> {
    if (this.#ended === undefined) await this.send((id) => ({ id, close: true })).catch(() => undefined);
    await this.#worker.terminate();
  }

  private send(request: (id: number) => WorkerRequest): Promise<ExecuteResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(request(id));
    });
  }

  private settle(reply: WorkerReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new SqliteError(reply.error.message, reply.error.code));
    else waiting?.resolve(reply);
  }

  private end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
    this.#waiting.clear();
  }
}

function codeOf(thrown: unknown): number | undefined {
  const code = (thrown as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code : undefined;
}
