/** What the main thread and the storage worker say to each other. */
export type SqlValue = null | number | bigint | string | Uint8Array;

export interface ExecuteRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

export type WorkerRequest = ExecuteRequest | { readonly id: number; readonly close: true };

export type WorkerReply =
  | {
      readonly id: number;
      readonly rows: readonly Record<string, SqlValue>[];
      readonly changes?: number | bigint;
      readonly lastInsertRowid?: number | bigint;
    }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: number | undefined } };
