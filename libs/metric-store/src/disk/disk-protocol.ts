import type { TooMuchError } from './budget.ts';
import type { AppendResult, DiskFigures, HistoryDiskOptions, OpenedHistory, TickBatch } from './history-disk.ts';
import type { DamageReport } from './history-files.ts';
import type { DayKind } from './layout.ts';
import type { FindAnswer, LoadAnswer, LoadRequest } from './loading.ts';
import type { PresentRequest } from './present-series.ts';
import type { ReadRequest } from './reading.ts';
import type { RecoveredPage } from './recovered-page.ts';
import type { RecoveredTimes } from './recovery.ts';
import type { Term } from './series-catalog.ts';

/** What the storage worker can be asked for, by name, and what it answers. */
export interface DiskCalls {
  open(nowMs: number): OpenedHistory;
  append(batches: readonly TickBatch[]): AppendResult;
  /** Sends its pages before the answer. */
  recover(fromMs: number, toMs: number): RecoveredTimes;
  /** Finds series and reads them. */
  load(request: LoadRequest): LoadAnswer;
  /** Finds series only: which of them are wanted, the asker decides. */
  find(kind: DayKind, fromMs: number, toMs: number, selectors: readonly (readonly Term[])[]): FindAnswer;
  /** Reads series that were found. */
  read(request: ReadRequest): Omit<LoadAnswer, 'told'>;
  /** Which series have samples in a time. */
  present(request: PresentRequest): FindAnswer;
  countSeconds(fromMs: number, toMs: number): number;
  figures(): DiskFigures;
  /** Answers once no work that fell due is left. */
  idle(): void;
  close(): void;
}

export type DiskCall = {
  [Name in keyof DiskCalls]: { readonly name: Name; readonly args: Parameters<DiskCalls[Name]> };
}[keyof DiskCalls];

export interface DiskRequest {
  readonly id: number;
  readonly call: DiskCall;
}

export type DiskReply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly page: RecoveredPage }
  | { readonly id: number; readonly error: { readonly message: string; readonly limit?: TooMuchError['limit'] } }
  | { readonly damage: DamageReport }
  /** Work that nobody asked for has failed, or works again. */
  | { readonly trouble: string | undefined };

export type DiskWorkerData = HistoryDiskOptions;
