import { Worker } from 'node:worker_threads';
import type { DiskCall, DiskCalls, DiskReply, DiskRequest, DiskWorkerData } from './disk-protocol.js';
import type { AppendResult, DiskFigures, TickBatch } from './history-disk.js';
import type { DamageReport } from './history-files.js';
import type { RecoveredPage } from './recovered-page.js';

export interface DiskEvents {
  readonly damaged: (report: DamageReport) => void;
  /** Work in the background fails; undefined: it works again. */
  readonly trouble: (reason: string | undefined) => void;
}

/** The disk could not do what it was asked for. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  /** The answer would have been larger than the request allows. */
  readonly tooMuch: boolean;

  constructor(message: string, tooMuch = false) {
    super(message);
    this.tooMuch = tooMuch;
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly page?: (page: RecoveredPage) => void;
}

/** The main thread's end of the storage worker of the history: calls go over by name, answers come back by number. */
export class DiskClient {
  readonly #worker: Worker;
  readonly #events: DiskEvents;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: Error | undefined;

  constructor(options: DiskWorkerData, events: DiskEvents) {
    this.#events = events;
    // The extension is the one this module itself was loaded with: source in tests, compiled in production.
    const file = import.meta.url.endsWith('.ts') ? './disk-worker.ts' : './disk-worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url), {
      workerData: options,
      name: 'tapewatch-history',
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker.on('message', (reply: DiskReply) => this.settle(reply));
    this.#worker.on('error', (error) => this.end(error instanceof Error ? error : new DiskError(String(error))));
    this.#worker.on('exit', () => this.end(new DiskError('the storage worker has ended')));
  }

  call<Name extends keyof DiskCalls>(
    name: Name,
    args: Parameters<DiskCalls[Name]>,
    page?: (page: RecoveredPage) => void,
  ): Promise<ReturnType<DiskCalls[Name]>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const settled = resolve as (answer: unknown) => void;
      this.#waiting.set(id, { resolve: settled, reject, ...(page === undefined ? {} : { page }) });
      this.#worker.postMessage({ id, call: { name, args } as DiskCall } satisfies DiskRequest);
    });
  }

  append(batches: readonly TickBatch[]): Promise<AppendResult> {
    return this.call('append', [batches]);
  }

  figures(): Promise<DiskFigures> {
    return this.call('figures', []);
  }

  /** Resolves once no work that fell due is left. */
  idle(): Promise<void> {
    return this.call('idle', []);
  }

  /** Closes the files; what was appended is on disk. Safe twice. */
  async close(): Promise<void> {
    if (this.#ended === undefined) await this.call('close', []).catch(() => undefined);
    await this.#worker.terminate();
  }

  private settle(reply: DiskReply): void {
    if ('damage' in reply) return this.#events.damaged(reply.damage);
    if ('trouble' in reply) return this.#events.trouble(reply.trouble);
    const waiting = this.#waiting.get(reply.id);
    if ('page' in reply) return waiting?.page?.(reply.page);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new DiskError(reply.error.message, reply.error.tooMuch));
    else waiting?.resolve(reply.answer);
  }

  private end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
    this.#waiting.clear();
  }
}
