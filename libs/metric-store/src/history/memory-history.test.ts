import type { Tick } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { MemoryHistory, MemoryStore } from '../index.js';
import { describeHistoryReader, describeTotalsReader } from '../testing/history-reader-contract.js';

function historyOf(ticks: readonly Tick[]): Promise<MemoryHistory> {
  const store = new MemoryStore({ retentionMs: 3_600_000, budgetBytes: 2 ** 27, logger: new RecordingLogger() });
  for (const tick of ticks) store.accept(tick);
  return Promise.resolve(new MemoryHistory(store));
}

describeHistoryReader('memory alone', historyOf, { reachesBeyondMemory: false });
describeTotalsReader('memory alone', historyOf);
