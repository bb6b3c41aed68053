/** What the main thread and the storage worker say to each other. */
export type SqlValue = null | number | bigint | string | Uint8Array;

export interface ExecuteRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** Copies the file as of now, while statements go on. */
export interface CopyRequest {
  readonly id: number;
  readonly copyTo: string;
}

export type WorkerRequest =
  | ExecuteRequest
  | CopyRequest
  | { readonly id: number; readonly checkpoint: true }
  /** Gives at most so many unused pages back to the disk. */
  | { readonly id: number; readonly release: number }
  | { readonly id: number; readonly close: true };

export type WorkerReply =
  | {
      readonly id: number;
      readonly rows: readonly Record<string, SqlValue>[];
      readonly changes?: number | bigint;
      readonly lastInsertRowid?: number | bigint;
    }
  | { readonly id: number; readonly copied: FileCopy }
  | { readonly id: number; readonly error: WorkerFailure };

export interface WorkerFailure {
  readonly message: string;
  /** SQLite's. */
  readonly code: number | undefined;
  /** `ENOSPC` and the like, of a file that SQLite has nothing to do with. */
  readonly systemCode: string | undefined;
}

export interface FileCopy {
  readonly bytes: number;
  readonly sha256: string;
}

/** How the opening went; the first word of the worker. */
export type Opening =
  | { readonly state: 'open'; readonly lost: string | undefined }
  | { readonly state: 'damaged'; readonly reason: string }
  | { readonly state: 'foreign' }
  | { readonly state: 'in use' }
  | { readonly state: 'failed'; readonly message: string; readonly because: 'cannot open' | 'disk full' | undefined };

export interface OpeningMessage {
  readonly opening: Opening;
}

/** Where a copy stands. */
export interface CopyProgress {
  readonly copying: number;
  readonly done: number;
  readonly total: number;
}

export type WorkerMessage = WorkerReply | OpeningMessage | CopyProgress;
