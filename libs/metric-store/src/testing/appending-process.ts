import { HistoryDisk } from '../disk/history-disk.ts';

/*
 * A process to be killed: appends ticks as fast as the disk takes them and tells its parent of each one that is on it, as the storage
 * worker would. Time runs ten times as fast, so that blocks are cut and hours are closed all the while.
 */
export const killStepMs = 10_000;
export const killSeries = 20;

/** What series `id` has at a time; to be known by whoever checks. */
export function killValue(id: number, atMs: number): number {
  return id % 2 === 0 ? (100 * ((atMs / 1000) % (150 + id))) / 200 : Math.floor(atMs / 1000) * id + 0.25;
}

const metric = { otelName: 'a', name: 'a', type: 'gauge', unit: '', description: '' } as const;

async function appendForEver(folder: string, fromMs: number): Promise<void> {
  const disk = new HistoryDisk(
    { folder, keepBlocksMs: 7_200_000, rawMs: 604_800_000, rollupMs: 604_800_000 },
    () => undefined,
  );
  disk.open(fromMs);
  const ids = Uint32Array.from({ length: killSeries }, (_, i) => i + 1);
  const series = Array.from(ids, (id) => ({ id, names: ['__name__', 'i'], values: ['a', String(id)], metric }));
  let compaction: Generator<void> | undefined;
  for (let atMs = fromMs; ; atMs += killStepMs) {
    const values = Float64Array.from(ids, (id) => killValue(id, atMs));
    disk.append([{ atMs, series: atMs === fromMs ? series : [], ids, values }]);
    process.send?.(atMs);
    compaction ??= disk.due();
    if (compaction?.next().done === true) compaction = undefined;
    // The pipe to the parent is emptied only between turns.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const [folder, fromMs] = process.argv.slice(2);
if (process.send !== undefined && folder !== undefined && fromMs !== undefined)
  await appendForEver(folder, Number(fromMs));
