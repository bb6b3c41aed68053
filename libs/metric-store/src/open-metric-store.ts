import { basename } from 'node:path';
import type { Meter } from '@opentelemetry/api';
import { Labels, messageOf, StartError, type Clock, type Logger } from '@tapewatch/model';
import type { DamageReport } from './disk/history-files.js';
import type { StoredSeries } from './disk/layout.js';
import type { DiskWorkerData } from './disk/disk-protocol.js';
import { runsOf } from './disk/recovered-page.js';
import { RestartingDisk } from './disk/restarting-disk.js';
import { DiskHistory } from './history/disk-history.js';
import type { HistoryReader, TotalsReader } from './history/history-reader.js';
import { MemoryHistory } from './history/memory-history.js';
import { HistoryWriter } from './history-writer.js';
import { MemoryStore } from './memory-store.js';
import { PrometheusClient } from './remote/prometheus-client.js';
import { PrometheusHistory } from './remote/prometheus-history.js';
import type { SeriesMemory } from './series-memory.js';

export interface MetricStoreOptions {
  /** How far back memory reaches when it fits. */
  readonly retentionMs: number;
  readonly budgetBytes: number;
  /** Absent: memory is all there is. */
  readonly history?: {
    readonly folder: string;
    readonly rawMs: number;
    readonly rollupMs: number;
  };
  /** A Prometheus-compatible backend that holds the history instead of the disk; it is written to over OTLP. */
  readonly backend?: {
    /** What stands before `/api/v1`. */
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
  };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Memory for what rules look at, and the disk behind it. */
export interface MetricStore {
  readonly memory: MemoryStore;
  readonly history: HistoryReader & TotalsReader;
  /** Older than this nothing is stored; undefined before the first tick. */
  readonly oldestMs: number | undefined;
  /** The history is another program's: memory begins empty at every start, and what is asked of the history crosses the network. */
  readonly remote: boolean;
  /** False while the disk does not take ticks; undefined without a disk. */
  readonly durable: boolean | undefined;
  /** False while the disk cannot be asked, because its worker has ended and the next one does not work yet. */
  readonly serving: boolean;
  /** Names of the files that this run found damaged and set aside, in the order in which it did. */
  readonly damaged: readonly string[];
  /** Registers its own figures; before the first tick. */
  measure(meter: Meter): void;
  /** Called when everything of a tick is in memory, what rules made of it included; sends it to the disk. */
  flush(): void;
  /** Resolves once everything that was flushed is on the disk, or given up, and in its place there. */
  settled(): Promise<void>;
  /** Waits for what is on its way to the disk, and closes it. */
  stop(): Promise<void>;
}

/** Memory drops whole stretches of two minutes, and blocks are of five. */
const slackMs = 600_000;
const hourMs = 3_600_000;

/** Opens what earlier processes have stored, and takes into memory what belongs there. Throws StartError when the folder cannot be used. */
export async function openMetricStore(options: MetricStoreOptions): Promise<MetricStore> {
  if (options.backend !== undefined) return beforeBackend(options, options.backend);
  if (options.history === undefined) return memoryAlone(options);
  const { clock, history, logger } = options;
  const settings: DiskWorkerData = { ...history, keepBlocksMs: Math.max(options.retentionMs + slackMs, 2 * hourMs) };
  let writer: HistoryWriter | undefined;
  const lost = new Set<string>();
  const events = {
    damaged: ({ file, aside, reason }: DamageReport) => {
      if (file === undefined) writer?.rowDamaged();
      else lost.add(basename(file));
      logger.error(
        { reason, ...(file === undefined ? {} : { file, aside }) },
        file === undefined
          ? 'a row of the metric history is damaged and was left out'
          : 'a file of the metric history is damaged and was set aside; the rest serves',
      );
    },
    trouble: (reason: string | undefined) => {
      if (reason === undefined) logger.info({}, 'metric history can be compacted again');
      else logger.error({ reason }, 'metric history cannot be compacted; it is tried again');
    },
    restarted: () => writer?.diskRestarted(),
  };
  const disk = new RestartingDisk({ settings, events, clock, logger });
  try {
    const now = clock.now();
    const { nextId, oldestMs } = await disk.call('open', [now]);
    writer = new HistoryWriter({ disk, nextId, clock, logger });
    const memory = await restored(options, writer, disk, now);
    return onDisk(memory, writer, disk, oldestMs, lost);
  } catch (thrown) {
    await disk.close();
    throw new StartError(
      'DATA_UNREADABLE',
      `the metric history in ${history.folder} cannot be opened (${messageOf(thrown)}). Free some space where the data folder is, if it is full; may this user write there? Without a history on disk: metrics.history.enabled: false`,
      { cause: thrown },
    );
  }
}

function memoryAlone(options: MetricStoreOptions): MetricStore {
  const memory = new MemoryStore(options);
  return {
    memory,
    history: new MemoryHistory(memory),
    remote: false,
    durable: undefined,
    serving: true,
    damaged: [],
    get oldestMs() {
      return memory.firstTickAt;
    },
    measure: (meter) => memory.measure(meter),
    flush: () => undefined,
    settled: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

/** A series of ours that every tick has, under whatever name it goes in the backend. */
const beat = 'tapewatch_series';

function beforeBackend(options: MetricStoreOptions, backend: NonNullable<MetricStoreOptions['backend']>): MetricStore {
  const client = new PrometheusClient({ ...backend, fetch });
  return {
    ...memoryAlone(options),
    history: new PrometheusHistory({ client, beat }),
    remote: true,
    // How far the backend reaches back is its own affair.
    oldestMs: 0,
  };
}

function onDisk(
  memory: MemoryStore,
  writer: HistoryWriter,
  disk: RestartingDisk,
  oldestMs: number | undefined,
  lost: ReadonlySet<string>,
): MetricStore {
  let first = oldestMs;
  return {
    get oldestMs() {
      return first;
    },
    memory,
    history: new DiskHistory(memory, disk),
    remote: false,
    get durable() {
      return writer.healthy && disk.running;
    },
    get serving() {
      return disk.running;
    },
    get damaged() {
      return [...lost];
    },
    measure: (meter) => {
      memory.measure(meter);
      writer.measure(meter);
    },
    flush: () => {
      first ??= memory.firstTickAt;
      writer.flush();
    },
    settled: () => writer.settled(),
    stop: async () => {
      await writer.stop();
      await disk.close();
    },
  };
}

/** Memory, filled with what the last process had in it; empty when the file that says so is damaged. */
async function restored(
  options: MetricStoreOptions,
  writer: HistoryWriter,
  disk: RestartingDisk,
  nowMs: number,
): Promise<MemoryStore> {
  const memory = new MemoryStore(options, writer);
  const byId = new Map<number, SeriesMemory>();
  const { ticks, cutShort } = await disk.call('recover', [nowMs - options.retentionMs, nowMs + 1], (page) => {
    for (const { id, names, values, metric, pushed } of JSON.parse(`[${page.texts.join()}]`) as StoredSeries[]) {
      const again = memory.restore({ labels: Labels.fromSorted(names, values), metric }, pushed === true);
      if (again !== undefined) byId.set(id, again);
    }
    for (const run of runsOf(page)) byId.get(run.id)?.restoreRun(run);
    for (const { id, samples } of page.uneven) byId.get(id)?.restore(samples);
  });
  for (const [id, series] of byId) writer.knows(series, id);
  // Memory that holds some series of a time answers for all of them: rather it begins with the next tick.
  if (cutShort) return new MemoryStore(options, writer);
  memory.resume(ticks, nowMs);
  return memory;
}
