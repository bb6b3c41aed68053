import { Worker } from 'node:worker_threads';
import type { FileCopy, Opening, SqlValue, WorkerMessage, WorkerReply, WorkerRequest } from './protocol.js';

export interface ExecuteResult {
  readonly rows: readonly Record<string, SqlValue>[];
  readonly changes?: number | bigint;
  readonly lastInsertRowid?: number | bigint;
}

/** A failure of the storage worker, with SQLite's result code (sqlite.org/rescode.html) or the system's. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  readonly code: number | undefined;
  readonly systemCode: string | undefined;

  constructor(message: string, code: number | undefined, systemCode?: string) {
    super(message);
    this.code = code;
    this.systemCode = systemCode;
  }
}

interface Waiting {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: Error) => void;
  readonly progress?: (done: number, total: number) => void;
}

/** The main thread's end of the storage worker: one statement at a time goes over, answers come back by number. */
export class WorkerConnection {
  /** How the file was opened. Rejects only when the worker itself fails. */
  readonly opening: Promise<Opening>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: Error | undefined;

  /** What is damaged is kept under its name with the suffix behind it. With `mustExist` a file that is missing is damaged. */
  constructor(path: string, damagedSuffix: string, mustExist = false) {
    // The extension is the one this module itself was loaded with: source in tests, compiled in production.
    const file = import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url), {
      workerData: { path, damagedSuffix, mustExist },
      name: 'tapewatch-storage',
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.opening = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: WorkerMessage) => {
        if ('opening' in message) resolve(message.opening);
        else if ('copying' in message) this.#waiting.get(message.copying)?.progress?.(message.done, message.total);
        else this.settle(message);
      });
      this.#worker.on('error', (error) => {
        const failure = new SqliteError(error instanceof Error ? error.message : String(error), codeOf(error));
        this.end(failure);
        reject(failure);
      });
      this.#worker.on('exit', () => {
        const end = new SqliteError('the storage worker has ended', undefined);
        this.end(end);
        reject(end);
      });
    });
    this.opening.catch(() => undefined); // told to whoever waits for it
  }

  /** The worker is gone, and with it whatever it was asked. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  async execute(sql: string, parameters: readonly SqlValue[] = []): Promise<ExecuteResult> {
    const reply = await this.send((id) => ({ id, sql, parameters }));
    return 'rows' in reply ? reply : { rows: [] };
  }

  /** Takes the log into the file. */
  async checkpoint(): Promise<void> {
    await this.send((id) => ({ id, checkpoint: true }));
  }

  async releasePages(atMost: number): Promise<void> {
    await this.send((id) => ({ id, release: Math.floor(atMost) }));
  }

  /** Copies what is committed to a new file, while statements go on. */
  async copy(to: string, progress?: (done: number, total: number) => void): Promise<FileCopy> {
    const reply = await this.send((id) => ({ id, copyTo: to }), progress);
    if (!('copied' in reply)) throw new SqliteError('the storage worker did not copy', undefined);
    return reply.copied;
  }

  /** Closes the file; what was committed is on disk. Safe twice. */
  async close(): Promise<void> {
    if (this.#ended === undefined) await this.send((id) => ({ id, close: true })).catch(() => undefined);
    await this.terminate();
  }

  /** Ends the thread at once; what was committed is on disk all the same. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  private send(
    request: (id: number) => WorkerRequest,
    progress?: (done: number, total: number) => void,
  ): Promise<WorkerReply> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, ...(progress === undefined ? {} : { progress }) });
      this.#worker.postMessage(request(id));
    });
  }

  private settle(reply: WorkerReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply)
      waiting?.reject(new SqliteError(reply.error.message, reply.error.code, reply.error.systemCode));
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
