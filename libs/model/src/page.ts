import { accepted, refused, type CommandResult } from './command.js';

/** A slice of a list that can grow; cursors are opaque to whoever asked. */
export interface Page<T> {
  readonly items: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
}

export interface PageRequest {
  /** At most this many; callers check the bounds. */
  readonly first: number;
  readonly after?: string;
}

/** Of rows that are numbered, newest first: the number below which a page begins. Refuses what is no number of a row. */
export function beforeNumber({ after }: PageRequest): CommandResult<number> {
  if (after === undefined) return accepted(Number.MAX_SAFE_INTEGER);
  if (/^\d{1,15}$/.test(after)) return accepted(Number(after));
  return refused('INVALID_INPUT', 'after is no cursor of this list', 'after');
}

/** The page that begins with the first of `rows`; one row more than it takes says that there is another page. */
export function numberedPage<Row, T>(
  rows: readonly Row[],
  first: number,
  read: (row: Row) => { readonly number: number; readonly node: T },
): Page<T> {
  const items = rows.slice(0, first).map((row) => {
    const { number, node } = read(row);
    return { cursor: String(number), node };
  });
  return { items, hasNextPage: rows.length > items.length };
}
