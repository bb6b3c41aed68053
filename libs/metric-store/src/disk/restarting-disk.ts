import { messageOf, type Clock, type Logger, type Timer } from '@tapewatch/model';
import { DiskClient, DiskGoneError, type DiskCaller, type DiskEvents } from './disk-client.js';
import type { DiskCalls, DiskWorkerData } from './disk-protocol.js';
import type { AppendResult, DiskFigures, TickBatch } from './history-disk.js';
import type { RecoveredPage } from './recovered-page.js';

/** The pause before the first restart; doubles with each that fails or does not last. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** A worker that lives so long was not the same trouble again. */
const steadyMs = 300_000;

export interface RestartingDiskOptions {
  readonly settings: DiskWorkerData;
  readonly events: Omit<DiskEvents, 'ended'> & {
    /** A new worker has opened the files; what was told to the old one it may not know. */
    readonly restarted: () => void;
  };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The storage worker, started again when it dies; calls meanwhile are rejected with DiskGoneError. */
export class RestartingDisk implements DiskCaller {
  readonly #options: RestartingDiskOptions;
  #client: DiskClient;
  /** Undefined while the client serves. */
  #gone: DiskGoneError | undefined;
  #startedAt: number;
  #pauseMs = firstPauseMs;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: RestartingDiskOptions) {
    this.#options = options;
    this.#startedAt = options.clock.monotonic();
    this.#client = this.start();
  }

  /** False from the end of a worker until the next one has opened the files. */
  get running(): boolean {
    return this.#gone === undefined;
  }

  call<Name extends keyof DiskCalls>(
    name: Name,
    args: Parameters<DiskCalls[Name]>,
    page?: (page: RecoveredPage) => void,
  ): Promise<ReturnType<DiskCalls[Name]>> {
    return this.#gone === undefined ? this.#client.call(name, args, page) : Promise.reject(this.#gone);
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
    this.#closed = true;
    this.#timer?.cancel();
    await this.#client.close();
  }

  private start(): DiskClient {
    const { settings, events } = this.#options;
    const { damaged, trouble } = events;
    const client: DiskClient = new DiskClient(settings, {
      damaged,
      trouble,
      ended: (error) => {
        if (client === this.#client) this.ended(error);
      },
    });
    return client;
  }

  private ended(error: DiskGoneError): void {
    const { clock, logger } = this.#options;
    if (this.#closed) return;
    this.#gone = error;
    if (clock.monotonic() - this.#startedAt >= steadyMs) this.#pauseMs = firstPauseMs;
    logger.error(
      { error: error.message, pauseMs: this.#pauseMs },
      'the storage worker of the metric history has ended and is started again; ticks wait in memory',
    );
    this.#timer = clock.setTimeout(() => void this.restart(), this.#pauseMs);
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }

  private async restart(): Promise<void> {
    const { clock, events, logger } = this.#options;
    if (this.#closed) return;
    this.#startedAt = clock.monotonic();
    const client = (this.#client = this.start());
    try {
      await client.call('open', [clock.now()]);
    } catch (thrown) {
      // When it has ended itself, the next one is on its way already.
      if (thrown instanceof DiskGoneError) return;
      await client.close();
      this.ended(new DiskGoneError(`the storage worker cannot open the metric history (${messageOf(thrown)})`));
      return;
    }
    this.#gone = undefined;
    events.restarted();
    logger.info({}, 'the storage worker of the metric history works again');
  }
}
