import type { AppendResult, DiskFigures, HistoryDiskOptions, OpenedHistory, TickBatch } from './history-disk.ts';
import type { DamageReport } from './history-files.ts';
import type { DayKind } from './layout.ts';
import type { CatalogPart, ReadRequest, ReadSeries } from './reading.ts';
import type { RecoveredPage } from './recovered-page.ts';
import type { RecoveredTimes } from './recovery.ts';

/** What the storage worker can be asked for, by name, and what it answers. */
export interface DiskCalls {
  open(nowMs: number): OpenedHistory;
  append(batches: readonly TickBatch[]): AppendResult;
  /** Sends its pages before the answer. */
  recover(fromMs: number, toMs: number): RecoveredTimes;
  catalog(
    kind: DayKind,
    fromMs: number,
    toMs: number,
    equal: readonly (readonly [name: string, value: string])[],
  ): readonly CatalogPart[];
  read(request: ReadRequest): readonly ReadSeries[];
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
  | { readonly id: number; readonly error: { readonly message: string; readonly tooMuch: boolean } }
  | { readonly damage: DamageReport }
  /** Work that nobody asked for has failed, or works again. */
  | { readonly trouble: string | undefined };

export type DiskWorkerData = HistoryDiskOptions;
