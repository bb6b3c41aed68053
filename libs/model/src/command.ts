/** Why a command or query was not carried out: an expected failure, shown to whoever asked. */
export interface Refusal {
  readonly code:
    'NOT_FOUND' | 'INVALID_INPUT' | 'CONFLICT' | 'UNAVAILABLE' | 'QUERY_INVALID' | 'QUERY_FAILED' | 'QUERY_LIMIT';
  readonly message: string;
  /** Which argument, or line:column of a query. */
  readonly path?: string;
}

export type CommandResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function accepted<T>(value: T): CommandResult<T> {
  return { ok: true, value };
}

export function refused<T>(code: Refusal['code'], message: string, path?: string): CommandResult<T> {
  return { ok: false, refusal: { code, message, ...(path === undefined ? {} : { path }) } };
}
